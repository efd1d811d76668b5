"""Given names that customers introduce themselves by, in lower case: common English ones and pinyin ones."""

from typing import Final

GIVEN: Final = frozenset(
    """
    aaron abigail adam adrian aisha alan albert alex alexander alexandra alfred alice alicia alison allen amanda amber
    amelia amy ana andrea andrew andy angela angus anita ann anna anne annie anthony antonio april arthur ashley aunt
    barbara barry beatrice becky ben benjamin bernard beth betty bill billy bob bonnie brandon brenda brian bruce
    caleb cameron carl carla carlos carmen carol caroline carolyn catherine cathy cecilia charles charlie charlotte
    chen cheryl chloe chris christian christina christine christopher cindy claire clara colin connor craig cynthia
    daisy dan daniel danielle danny dave david dawn dean deborah debra denise dennis derek diana diane dominic donald
    donna dora doris dorothy doug douglas duncan dylan eddie edith edward eileen elaine eleanor elena eli elijah
    elizabeth ella ellen ellie emily emma eric erica erin ethan eva evan eve evelyn faith fatima fay felix fiona
    florence frances francis frank fred freddie gabriel gareth gary gavin george gerald gina gloria gordon grace
    graham grant greg gregory hannah harold harriet harry hazel heather helen henry holly hong howard hugh hugo iain
    ian ibrahim irene iris isaac isabel isabella ivan ivy jack jackie jacob jade james jamie jan jane janet janice
    jason jay jean jeff jeffrey jennifer jenny jeremy jerry jesse jessica jill jim jimmy jing jo joan joanna joe joel
    john johnny jon jonathan jordan joseph josh joshua joy joyce juan judith judy julia julian julie jun june karen
    karl kate katherine kathleen kathy katie keith kelly ken kenneth kerry kevin kim kyle laura lauren laurie leah lee
    leo leon leonard lewis li liam lily linda ling lisa liu liz lloyd logan lorraine louis louise lucas lucy luis luke
    lydia lynn malcolm marcus margaret maria marie marilyn mark martha martin mary mason matt matthew maureen max maya
    megan mei mel melanie melissa mia michael michelle miguel mike min ming mohammed molly mona monica muhammad nadia
    nancy naomi natalie natasha nathan neil nell nick nicholas nicola nicole nigel nina noah noel nora norman olive
    oliver olivia omar oscar owen pamela pat patricia patrick paul paula pauline peggy penny pete peter phil philip
    phoebe phyllis ping polly qiang rachel ralph ray raymond rebecca reg rhys ricardo richard rick rita rob robert
    robin roger ron ronald rosa rose rosemary ross roy ruby russell ruth ryan sally sam samantha samuel sandra sara
    sarah scott sean sebastian sharon sheila shirley sidney simon sofia sonia sophia sophie stan stella stephanie
    stephen steve steven stewart stuart sue susan suzanne sylvia tamara tara ted teresa terry theo theresa thomas tim
    timothy tina toby todd tom tommy tony tracy trevor tyler valerie vanessa vera vernon veronica vicky victor
    victoria vincent violet virginia vivian wallace walter wang wanda warren wayne wei wen wendy will william winnie
    xiao yan yang ying yolanda yu yuan yvonne zach zachary zara zhang zhen zoe
    """.split()
)
