"""The interface in Chinese and English: which of the two, and its words.

In: a request's cookie and Accept-Language. Out: a language, and `Words` that look up and fill in a text.
"""

from collections.abc import Mapping
from typing import Literal

Interface = Literal["zh", "en"]

HTML_LANG: Mapping[Interface, str] = {"zh": "zh-CN", "en": "en"}

TEXTS: Mapping[str, tuple[str, str]] = {
    "app": ("文据", "wenju"),
    "tagline": ("有问必有据", "Answers with the evidence"),
    "skip": ("跳到正文", "Skip to content"),
    "menu": ("菜单", "Menu"),
    "new": ("新的提问", "New question"),
    "articles": ("文章", "Articles"),
    "conversations": ("对话", "Conversations"),
    "all_conversations": ("全部对话", "All conversations"),
    "feedback": ("读者意见", "Feedback"),
    "reports": ("评测报告", "Evaluation reports"),
    "docs": ("接口文档", "API"),
    "sign_in": ("登录", "Sign in"),
    "sign_out": ("退出", "Sign out"),
    "name": ("用户名", "Name"),
    "password": ("密码", "Password"),
    "wrong_sign_in": ("用户名或密码不对。", "Name or password is wrong."),
    "too_many_sign_ins": ("尝试过多，请过几分钟再试。", "Too many attempts. Try again in a few minutes."),
    "theme": ("外观", "Appearance"),
    "theme_auto": ("随系统", "System"),
    "theme_light": ("浅色", "Light"),
    "theme_dark": ("深色", "Dark"),
    "other_language": ("English", "中文"),
    "welcome": ("想从这些文章里知道什么？", "What would you like to know?"),
    "welcome_more": (
        "回答只取自馆藏的 {count} 篇文章，每句都注明出处，点一下就能读到原文。",
        "Every answer comes from the {count} articles here, sentence by sentence, with its source one click away.",
    ),
    "try": ("可以这样问", "You could ask"),
    "ask_placeholder": ("输入问题", "Ask a question"),
    "follow_up": ("接着问", "Ask a follow-up"),
    "ask": ("提问", "Ask"),
    "stop": ("停止", "Stop"),
    "searching": ("正在查找……", "Searching…"),
    "found_passages": ("找到 {count} 段相关文字", "{count} passages found"),
    "stopped": ("已停止。", "Stopped."),
    "answered": ("回答完毕", "The answer is complete"),
    "connection_lost": ("连接中断，请重试。", "The connection broke. Try again."),
    "retry": ("重新回答", "Answer again"),
    "copy": ("复制", "Copy"),
    "copied": ("已复制", "Copied"),
    "sources": ("出处", "Sources"),
    "source_n": ("出处 {n}", "Source {n}"),
    "refused": ("馆藏文章里没有找到答案", "The articles do not answer this"),
    "refused_more": (
        "没有足够的依据，所以不作回答。可以换个说法，或放宽范围。",
        "There is not enough evidence for an answer. Put it differently, or search in more articles.",
    ),
    "nearest": ("最接近的文章", "The nearest articles"),
    "confidence": ("把握 {percent}%", "Confidence {percent}%"),
    "mode_extractive": ("摘自原文", "Quoted sentences"),
    "mode_llm": ("语言模型撰写", "Written by a language model"),
    "understood_as": ("理解为：{question}", "Understood as: {question}"),
    "note_llm_failed": (
        "语言模型没有回应，这里是摘自原文的回答。",
        "The language model did not answer; these are quoted sentences instead.",
    ),
    "note_unsupported_sentence": (
        "有的句子未能在出处中得到证实。",
        "Some sentences are not supported by their source.",
    ),
    "took": ("用时 {seconds} 秒", "{seconds} s"),
    "good": ("有帮助", "Helpful"),
    "bad": ("没帮助", "Not helpful"),
    "what_is_wrong": ("哪里不对？", "What is wrong?"),
    "label_wrong_source": ("出处不对", "Wrong source"),
    "label_not_in_corpus": ("文章里没有", "Not in the articles"),
    "label_wrong_answer": ("回答有误", "Wrong answer"),
    "label_incomplete": ("不完整", "Incomplete"),
    "label_other": ("其他", "Something else"),
    "comment": ("补充说明", "Comment"),
    "send": ("发送", "Send"),
    "thanks": ("谢谢，已记下。", "Thank you, noted."),
    "filters": ("范围", "Search in"),
    "filters_all": ("全部文章", "all articles"),
    "filters_some": ("部分文章", "some articles"),
    "issue": ("期号", "Issue"),
    "section": ("栏目", "Section"),
    "author": ("作者", "Author"),
    "language": ("语言", "Language"),
    "lang_zh": ("中文", "Chinese"),
    "lang_en": ("英文", "English"),
    "date_from": ("起始日期", "From"),
    "date_to": ("截止日期", "To"),
    "date_hint": ("如 2025、2025-07", "such as 2025 or 2025-07"),
    "any": ("不限", "Any"),
    "within": ("只在这里找：", "Searching only in:"),
    "widen": ("改为全部文章", "Search in all articles"),
    "apply": ("查找", "Apply"),
    "clear": ("清除", "Clear"),
    "search_articles": ("在标题和正文中查找", "Search titles and text"),
    "article_count": ("共 {count} 篇", "{count} articles"),
    "no_articles": ("没有符合条件的文章。", "No article fits."),
    "ask_selected": ("只问选中的文章", "Ask within the selected"),
    "select": ("选中《{title}》", "Select “{title}”"),
    "ask_article": ("就这篇文章提问", "Ask about this article"),
    "contents": ("目录", "Contents"),
    "from_file": ("{source} 第 {start}–{end} 行", "{source}, lines {start}–{end}"),
    "open_page": ("在整页中阅读", "Open as a page"),
    "close": ("关闭", "Close"),
    "quoted_here": ("引文", "quoted"),
    "quote_moved": (
        "这篇文章更新过，这段引文已不在其中。",
        "This article has changed and no longer holds the quoted sentence.",
    ),
    "previous": ("上一页", "Previous"),
    "next": ("下一页", "Next"),
    "page_n": ("第 {page} 页", "Page {page}"),
    "rename": ("改名", "Rename"),
    "title": ("标题", "Title"),
    "save": ("保存", "Save"),
    "delete": ("删除", "Delete"),
    "delete_sure": ("确定删除，不能恢复", "Really delete, for good"),
    "export": ("导出 Markdown", "Export Markdown"),
    "search_conversations": ("在对话中查找", "Search conversations"),
    "no_conversations": ("还没有对话。", "No conversations yet."),
    "manage": ("管理", "Manage"),
    "today": ("今天", "Today"),
    "earlier": ("更早", "Earlier"),
    "no_feedback": ("还没有读者意见。", "No feedback yet."),
    "to_gold": ("转为评测题", "Make it a gold question"),
    "in_gold": ("已转为评测题", "Gold question made"),
    "gold_saved": ("已写入 {file}，请补全答案要点。", "Written to {file}; complete its answer groups there."),
    "no_reports": (
        "还没有报告。运行 wenju eval run 之后，报告会列在这里。",
        "No reports yet. They appear here after wenju eval run.",
    ),
    "not_ready": ("索引尚未就绪", "No index is loaded yet"),
    "went_wrong": ("出了点问题", "Something is wrong"),
    "not_here": (
        "这里没有东西。可能已被删除，或者地址有误。",
        "Nothing is here. It was deleted, or the address is wrong.",
    ),
    "question_length": ("问题应为 1 到 2000 个字。", "A question has 1 to 2,000 characters."),
    "home": ("回到首页", "Back to the start"),
    "example_title": ("《{title}》主要讲了什么？", "What is “{title}” about?"),
    "references": ("参考文章", "References"),
    "question_word": ("问", "Question"),
    "answer_word": ("答", "Answer"),
}


class Words:
    """The interface's words in one language."""

    def __init__(self, lang: Interface) -> None:
        self.lang = lang

    def __call__(self, key: str, **values: object) -> str:
        """Return a text, its `{names}` filled in."""
        text = TEXTS[key][0 if self.lang == "zh" else 1]
        return text.format(**values) if values else text


def choose(cookie: str | None, accept_language: str | None) -> Interface:
    """Return the language that the reader chose, or the first of the browser's that there is; else Chinese."""
    if cookie in ("zh", "en"):
        return "zh" if cookie == "zh" else "en"
    for tag in _by_preference(accept_language or ""):
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


def _by_preference(header: str) -> list[str]:
    weighted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), tag.lower()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighted, key=lambda pair: pair[0])]
