"""A small bot's training data."""

from bot.understanding.nlu import TrainingData, load

NLU = """nlu:
- intent: affirm
  examples: |
    - yes
    - yes please
    - yep that's right
    - sure
    - 是的
    - 好
    - 好的
    - 对，没错
- intent: deny
  examples: |
    - no
    - no thanks
    - nope not that
    - 不是
    - 不用了
    - 不对
    - 没有
- intent: report_fault
  examples: |
    - my [internet]{"entity": "service", "value": "broadband"} is down
    - no signal on my phone
    - the router has a red light
    - broadband not working since morning
    - 我家[宽带]{"entity": "service", "value": "broadband"}断了
    - 手机没有信号
    - 路由器亮红灯
    - 网络一直连不上
- intent: ticket_status
  examples: |
    - what about my ticket F-7K3M-9Q2X
    - has the repair been done
    - any news on my case
    - where is the engineer
    - 工单F-7K3M-9Q2X处理得怎么样了
    - 查一下报修进度
    - 师傅什么时候来
    - 我的工单到哪一步了
- synonym: broadband
  examples: |
    - fibre
    - 光纤
- lookup: service
  examples: |
    - landline
- regex: contract
  examples: |
    - HT[0-9]{6}
"""

OUTSIDE = """nlu:
- intent: out_of_scope
  examples: |
    - what is the weather like
    - write a poem about autumn
    - who won the football
    - recommend a restaurant
    - how tall is Everest
    - translate this sentence
    - 今天天气怎么样
    - 写一首关于秋天的诗
    - 推荐一家餐厅
    - 谁赢了足球比赛
    - 帮我翻译一句话
    - 珠穆朗玛峰有多高
"""


def data(outside: bool = True) -> TrainingData:
    return load({"en.yml": NLU, "oos.yml": OUTSIDE} if outside else {"en.yml": NLU})
