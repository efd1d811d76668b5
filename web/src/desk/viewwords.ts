/** The words of views: a filter of the list under a name. */

const zh = {
  views: "视图", viewChoose: "选择视图", viewNone: "不用视图", viewUnsaved: "未保存的筛选", viewsMine: "我的视图", viewsShared: "共享视图", viewFilter: "筛选", viewBy: "{name}（{owner} 共享）",
  viewCount: "{count} 个会话", viewCountMore: "已显示 {count} 个会话，还有更多", viewEmpty: "没有符合此筛选的会话。", viewFurther: "最近的会话里没有符合的，可以继续往前找。", viewLook: "继续查找", viewLeave: "不用视图",
  viewList: "范围", viewMode: "进展", viewAny: "不限", viewDue: "回复时限", viewDueWarn: "时限过半", viewDueBad: "已超时", viewPriority: "只看优先的会话", viewText: "姓名、工单号或最后一句话包含",
  viewName: "视图名称", viewShare: "共享给所有坐席", viewSave: "保存视图", viewSaveNew: "另存为新视图", viewChange: "保存修改", viewDelete: "删除视图", viewDeleteSure: "删除后无法恢复。", viewDeleteShared: "删除后，所有坐席都不能再使用它。", viewSaved: "视图已保存",
  viewRefused_exists: "您已有同名的视图，请换一个名称。", viewRefused_too_many_views: "您已有 50 个视图，请先删除一个。", viewRefused_not_found: "这个视图已经不在了，请重新保存。", viewRefused_invalid: "名称需要 1 到 60 个字符，筛选词最多 200 个字符。", keyViews: "选择视图", keyList: "在列表中移动",
};

const en: Record<keyof typeof zh, string> = {
  views: "Views", viewChoose: "Choose a view", viewNone: "No view", viewUnsaved: "Unsaved filter", viewsMine: "My views", viewsShared: "Shared views", viewFilter: "Filter", viewBy: "{name} (from {owner})",
  viewCount: "Conversations: {count}", viewCountMore: "Conversations so far: {count}", viewEmpty: "No conversation fits this filter.", viewFurther: "None of the newest conversations fits. You can look further back.", viewLook: "Look further", viewLeave: "Leave the view",
  viewList: "Which", viewMode: "With whom", viewAny: "Any", viewDue: "Time to answer", viewDueWarn: "Half over", viewDueBad: "Overdue", viewPriority: "Only with priority", viewText: "Name, ticket or last words contain",
  viewName: "Name of the view", viewShare: "Share with all agents", viewSave: "Save view", viewSaveNew: "Save as new", viewChange: "Save changes", viewDelete: "Delete view", viewDeleteSure: "It cannot be brought back.", viewDeleteShared: "No agent can use it any more.", viewSaved: "View saved",
  viewRefused_exists: "You have a view of this name already. Choose another name.", viewRefused_too_many_views: "You have 50 views already. Delete one first.", viewRefused_not_found: "This view is not there any more. Save it as a new one.", viewRefused_invalid: "A name has 1 to 60 characters, the words at most 200.", keyViews: "Choose a view", keyList: "Move within the list",
};

export const viewWords = { zh, en };
