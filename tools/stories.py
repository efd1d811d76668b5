"""What the people in the pictures say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """One story in one language. `crowd` are others: a name, and their sentences."""

    language: str
    agent: str
    lead: str
    names: tuple[str, str, str]
    question: str
    fault: tuple[str, ...]
    told: tuple[str, ...]
    yes: str
    thanks: str
    person: str
    hello: str
    more: str
    search: str
    plan: tuple[str, ...]
    crowd: tuple[tuple[str, tuple[str, ...]], ...]


ZH = Story(
    language="zh", agent="安娜", lead="李主管", names=("陈思远", "刘佳宁", "赵敏"), question="我想开电子发票，在哪里下载",
    fault=("手机没信号了", "在家里一格信号都没有"), told=("昨天下午开始的", "13900001234"), yes="对，提交吧", thanks="好的，谢谢",
    person="转人工服务", hello="您好，我是安娜，开票的事我来帮您看。", more="国际漫游怎么开通？我下周去日本", search="套餐",
    plan=("给我换成尊享159", "13800000101", "1024", "第一个", "对"),
    crowd=(
        ("周子涵", ("手机套餐怎么换",)), ("孙浩然", ("宽带报修多久能修好？",)), ("吴桐", ("账单每个月几号出", "流量超了怎么收费")),
        ("郑凯", ("国际漫游怎么开通",)), ("许可馨", ("这什么垃圾服务，气死我了！！！",)), ("何俊", ("电子发票怎么开",)),
        ("林晓", ("家里宽带断了",)), ("黄一鸣", ("SIM 卡丢了怎么办",)), ("高原", ("套餐资费",)), ("马静", ("我要投诉",)),
        ("罗文", ("转人工服务",)), ("梁雨", ("怎么办理携号转网",)), ("宋佳", ("你们几点下班",)), ("唐宁", ("话费怎么充值",)),
    ),
)  # fmt: skip
EN = Story(
    language="en", agent="Anna", lead="Lee", names=("Grace Hopwood", "Daniel Reed", "Priya Nair"), question="how do I get an e-invoice",
    fault=("no signal on my mobile", "not a single bar anywhere in the house"), told=("since yesterday afternoon", "13900001234"), yes="yes, send it",
    thanks="Great, thank you", person="I would like to talk to a person", hello="Good morning, this is Anna. Let me look at your invoice.",
    more="how do I switch on roaming? I am off to Japan next week", search="plan", plan=("upgrade my broadband to 1000 Mbps", "13800000106", "6630", "gigabit", "yes"),
    crowd=(
        ("Tom Becker", ("how do I change my mobile plan",)), ("Olivia Grant", ("How long does a fault repair take?",)),
        ("Noah Fischer", ("when is my bill issued each month?", "what happens when my data runs out?")), ("Ava Lindqvist", ("how do I switch on roaming?",)),
        ("Liam O'Brien", ("This is ridiculous, I am fed up!!!",)), ("Chloe Martin", ("how do I get an e-invoice",)), ("Ethan Cole", ("my broadband is down",)),
        ("Mia Rossi", ("I lost my SIM",)), ("Lucas Weber", ("plans and prices",)), ("Zoe Clark", ("I want to make a complaint",)),
        ("Ben Ahmed", ("I want to talk to a person",)), ("Ella Novak", ("can I keep my number",)), ("Sam Doyle", ("what are your opening hours",)),
        ("Ruby Chen", ("how do I top up",)),
    ),
)  # fmt: skip
