import type { Locale } from "../shared/protocol";

export const texts: Record<Locale, Record<string, string>> = {
  zh: {
    brand: "云桥通信", title: "有什么可以帮您？", lead: "在线客服全天为您服务。先由智能助手小桥接待，您随时可以转人工。", start: "开始咨询", topics: "常见业务",
    hoursTitle: "人工服务时间", hours: "周一至周五 8:00–22:00，周末 9:00–18:00", faultTitle: "故障报修", fault: "城区 24 小时内、农村 48 小时内修复。",
    privacyTitle: "您的信息", privacy: "只用于处理您的问题，客服不会向您索要密码或验证码。", note: "云桥通信是一家虚构的运营商，此页面用于演示。", desk: "坐席工作台",
  },
  en: {
    brand: "Skybridge Telecom", title: "How can we help?", lead: "Chat is open day and night. Bridge, our AI assistant, answers first, and you can ask for a person at any time.", start: "Start a chat", topics: "What people ask about",
    hoursTitle: "When people are here", hours: "Monday to Friday 8:00–22:00, weekends 9:00–18:00", faultTitle: "Faults", fault: "Repaired within 24 hours in the city, 48 in rural areas.",
    privacyTitle: "Your details", privacy: "Used only to sort out your question. We never ask for passwords or codes.", note: "Skybridge Telecom is a made-up operator; this page is a demonstration.", desk: "Service desk",
  },
};

export const topics: { payload: string; title: Record<Locale, string>; about: Record<Locale, string> }[] = [
  { payload: "/report_fault", title: { zh: "故障报修", en: "Report a fault" }, about: { zh: "宽带、手机信号或电视出了问题", en: "Broadband, mobile signal or TV" } },
  { payload: "/ticket_status", title: { zh: "查工单进度", en: "Check a ticket" }, about: { zh: "凭工单号和联系电话查询", en: "With its number and your phone number" } },
  { payload: "/ask_bill", title: { zh: "账单问题", en: "My bill" }, about: { zh: "看懂账单、缴费、开发票", en: "What it says, how to pay, invoices" } },
  { payload: "/ask_tariff", title: { zh: "套餐资费", en: "Plans and prices" }, about: { zh: "手机、光纤和融合套餐", en: "Mobile, fibre and bundles" } },
  { payload: "/complaint", title: { zh: "我要投诉", en: "Make a complaint" }, about: { zh: "专员会在 48 小时内联系您", en: "A specialist contacts you within 48 hours" } },
  { payload: "/ask_person", title: { zh: "转人工", en: "Talk to a person" }, about: { zh: "直接找人工客服", en: "Straight to customer service" } },
];
