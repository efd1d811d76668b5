/** The words of what calls an agent back to the desk. */

const zh = {
  notices: "提醒", noticeHint: "页面不在眼前时，新派来的会话和客户的新消息会提醒您。标题和图标上的数字始终显示。", noticeSound: "播放提示音", noticeTry: "试听",
  noticeShow: "显示系统通知", noticeAsk: "浏览器会请您确认。通知里只有客户姓名，没有对话内容。", noticeDenied: "浏览器已禁止本页的通知，请在浏览器的网站设置中允许后再打开。", noticeNone: "此浏览器不支持系统通知。",
  noticeWrote: "{name} 发来新消息", noticeSoundOn: "打开提示音", noticeSoundOff: "关闭提示音",
};

const en: Record<keyof typeof zh, string> = {
  notices: "Notices", noticeHint: "While this page is out of sight, offers and new messages of your customers call you back. The number in the title and on the icon is always shown.", noticeSound: "Play a sound", noticeTry: "Try it",
  noticeShow: "Show notifications", noticeAsk: "The browser asks you to confirm. A notification names the customer and holds none of their words.", noticeDenied: "The browser blocks notifications of this page. Allow them in its settings for this site, then switch them on here.", noticeNone: "This browser has no notifications.",
  noticeWrote: "{name} has written", noticeSoundOn: "Turn the sound on", noticeSoundOff: "Turn the sound off",
};

export const noticeWords = { zh, en };
