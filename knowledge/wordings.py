"""What customers say and what pages say: other wordings of the same thing in any customer service.

Words of one trade belong in its pack, not here. One group a line; a question with one of them also finds the
others.
"""

from typing import Final

_CHINESE: Final = """
多少钱, 价格, 资费, 收费, 费用, 月费
便宜, 优惠, 最低档
扣钱, 扣费, 收费
账单, 月结单, 对账单
退钱, 退款, 退费, 退回
减免, 抵扣, 赔, 赔偿, 补偿
欠费, 停机, 补交, 欠钱
恢复, 复机, 重新开通
付款, 付钱, 缴费, 交费, 充值, 交钱
自动扣, 自动扣款, 代扣, 自动缴费
发票, 开票, 抬头, 税号
丢了, 丢失, 被偷, 遗失, 挂失, 找不到了
坏了, 损坏, 摔坏, 故障
更换, 换新, 补办, 补卡
不想用, 注销, 销户, 销号, 拆机, 退订, 解约
搬家, 移机, 新地址, 迁移
装, 安装, 新装, 上门
师傅, 工作人员, 维修人员, 装维
报修, 故障, 修, 维修, 抢修
多久, 时限, 几天, 时间
投诉, 不满意, 反映, 申诉, 不认可
隐私, 个人信息, 第三方
过户, 改名, 户主, 机主, 名下, 转给
去世, 过世, 继承
营业厅, 门店, 柜台, 网点
上班, 营业时间, 开门, 放假, 节假日
打不开, 没反应, 不工作
骚扰, 推销, 拦截, 屏蔽, 拉黑, 陌生号码
合约, 合同, 协议, 合约期
违约金, 提前终止, 提前解约
续约, 自动续, 到期, 期满
停电, 检修, 维护, 割接, 施工, 计划停
慢, 卡顿, 很卡, 提速, 不稳定
赠送, 附送, 包含, 带有
家人, 家庭, 亲情, 副卡, 附属卡, 主卡
出国, 国外, 境外, 海外, 漫游
"""

_ENGLISH: Final = """
price, cost, fee, charge, how much, tariff, rate
cheap, cheapest, lowest, least expensive
bill, statement
refund, money back, reimburse
compensation, compensate, knocked off, credit
overdue, owe, owed, unpaid, late, due date, arrears
cut off, suspend, suspended, disconnect, restrict
switch back on, switched back on, restore, reconnect
pay, payment, settle
direct debit, automatically, automatic payment, autopay
stolen, nicked, lost, missing, theft
broken, damaged, faulty
replace, replacement, swap, exchange
cancel, quit, terminate, end my contract
moving, move, new place, new address, relocate
install, installation, set-up, get connected
technician, engineer, someone comes
repair, fix, mend
complain, complaint, unhappy, dissatisfied
final reply, ombudsman, escalate
privacy, personal data, third party
transfer, take over, change of owner, in my name, ownership
passed away, died, death, deceased
shop, store, branch
opening hours, open
public holiday, bank holiday, holidays
nuisance, spam, scam, sell, cold call
block, filter
contract, agreement, minimum term
renew, renewal, roll over
early termination, exit fee
maintenance, planned work, engineering work, outage
slow, buffer, lag
include, come with
abroad, overseas, foreign, travel, roaming, international
ring, call
limit, cap
send back, return
"""


def everyday() -> list[tuple[str, ...]]:
    """The groups of both languages."""
    lines = (_CHINESE + _ENGLISH).splitlines()
    return [tuple(wording.strip() for wording in line.split(",")) for line in lines if line.strip()]
