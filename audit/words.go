package audit

import "strings"

// words is what the receipt's page says by itself, in one language. The statement
// brings the rest.
type words struct {
	Lang, HTMLLang                        string
	Title, Ref, Effective, Actions, Print string
	Colon, Space, Comma, Signed           string
	Changed, Item, Was, Now, None, Opened string
	Done, Systems                         string
	Path, Yours, More, LadderLabel        string
	HeadSize, HeadTime, Witness           string
	PathNote                              string
	Pending, PendingWhy, NoScript         string
	Offline                               string
	Records                               string
	Stamp                                 stampWords
	Script                                scriptWords
}

// stampWords are what the stamp's rim says in each state.
type stampWords struct {
	Pending string `json:"pending"`
	OK      string `json:"ok"`
	Bad     string `json:"bad"`
}

// scriptWords are what the page says once it has checked, and the texts it compares.
type scriptWords struct {
	OK        string           `json:"ok"`
	Bad       string           `json:"bad"`
	Held      string           `json:"held"`
	Witnessed string           `json:"witnessed"` // with {n} and {of}
	Waiting   string           `json:"waiting"`   // the same, where some have not signed
	None      string           `json:"none"`
	Date      string           `json:"date"`   // with {y}, {m}, {d} and {t}
	Minute    string           `json:"minute"` // with {mm} and {dd}, or {m} and {d}, and {t}
	Months    []string         `json:"months"`
	Locale    string           `json:"locale"`
	Failed    map[Check]string `json:"failed"`
	Stamp     stampWords       `json:"stamp"`
}

// checkPage is the page's own last check: it shows what the statement says.
const checkPage Check = "page"

func wordsIn(lang string) words {
	w := chinese()
	if lang == "en" {
		w = english()
	}
	w.Script.None, w.Script.Stamp = w.None, w.Stamp
	return w
}

func chinese() words {
	return words{
		Lang: "zh", HTMLLang: "zh-CN",
		Title: "变更回执", Ref: "编号", Effective: "生效", Actions: "回执操作", Print: "打印回执",
		Colon: "：", Comma: "、", Signed: "这份回执由系统签名，任何人改动一个字都能被查出。",
		Changed: "改了什么", Item: "项目", Was: "原来", Now: "现在", None: "无", Opened: "查看封存的完整内容（仅供您本人保存）",
		Done: "怎样完成的", Systems: "已收到更新的系统：",
		Path: "证明路径", Yours: "您的变更", More: "另 {n} 层", LadderLabel: "第 {pos} 条记录经 {n} 次合并到检查点",
		HeadSize: "检查点 {size}", HeadTime: "{at} 签名", Witness: "见证人",
		PathNote: "粗线是您的路径：{n} 个指纹就能算回检查点，图中画出 {drawn} 个。",
		Pending:  "尚未核对", PendingWhy: "打开页面时会自动核对。如果一直显示这一行，请用页末的命令核对。",
		NoScript: "此处没有运行脚本，所以没有核对。请用命令核对：",
		Offline:  "断网也能核对。请先对照公司公布的公钥，与命令中的一致才算数：",
		Records:  "客户资料",
		Stamp:    stampWords{Pending: "尚未核对", OK: "记录完好 已核对", Bad: "核对未通过"},
		Script: scriptWords{
			OK: "已核对：这条变更在记录里，且没有被改动", Bad: "核对未通过：请不要采信这份回执",
			Held: "签名有效 · 路径相符", Witnessed: "见证人 {n}/{of}", Waiting: "见证人 {n}/{of}，等待见证",
			Date: "{y}年{m}月{d}日 {t}", Minute: "{mm}-{dd} {t}", Months: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}, Locale: "zh-CN",
			Failed: map[Check]string{
				CheckForm:       "文件不完整，或格式不认识。请向公司重新索取。",
				CheckSeal:       "回执上的文字与签名不符：有人改过内容。请致电公司核实。",
				CheckCheckpoint: "检查点的签名不对：它不是由这把公钥签出的。请致电公司核实。",
				CheckInclusion:  "证明路径算不回检查点：这条记录不在日志里，或被改过。请致电公司核实。",
				CheckOpenings:   "变更内容与记录的指纹不符。请致电公司核实。",
				checkPage:       "页面显示的文字与签名的内容不同。请不要采信，用页末的命令核对。",
			},
		},
	}
}

func english() words {
	return words{
		Lang: "en", HTMLLang: "en",
		Title: "Change receipt", Ref: "No.", Effective: "in effect", Actions: "Receipt actions", Print: "Print receipt",
		Colon: ": ", Space: " ", Comma: ", ", Signed: "This receipt is signed by the system: if anyone changes a word, it shows.",
		Changed: "What changed", Item: "Item", Was: "Before", Now: "Now", None: "none", Opened: "Show the full values that were sealed (for you alone)",
		Done: "How it was done", Systems: "Systems that have the update: ",
		Path: "Path of proof", Yours: "Your change", More: "{n} more levels", LadderLabel: "Entry {pos} leads to the checkpoint in {n} steps",
		HeadSize: "Checkpoint {size}", HeadTime: "signed {at}", Witness: "Witness",
		PathNote: "The bold line is your path. {n} fingerprints lead back to the checkpoint; {drawn} are drawn.",
		Pending:  "Not checked yet", PendingWhy: "This page checks itself when it opens. If this line stays, use the command at the end.",
		NoScript: "Scripts don't run here, so nothing was checked. Use this command:",
		Offline:  "You can check it offline. First compare the key in this command with the one the company publishes:",
		Records:  " customer records",
		Stamp:    stampWords{Pending: "NOT CHECKED YET", OK: "INTACT, CHECKED", Bad: "CHECK FAILED"},
		Script: scriptWords{
			OK: "Checked: this change is in the record and hasn't been altered", Bad: "Check failed: don't rely on this receipt",
			Held: "signature valid · path fits", Witnessed: "witnesses {n}/{of}", Waiting: "witnesses {n}/{of}, waiting for the rest",
			Date: "{d} {m} {y}, {t}", Minute: "{d} {m}, {t}", Months: []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}, Locale: "en-GB",
			Failed: map[Check]string{
				CheckForm:       "The file is incomplete or of a format we don't know. Ask the company for a new copy.",
				CheckSeal:       "The words don't match the signature: someone changed them. Call the company to check.",
				CheckCheckpoint: "The checkpoint's signature is wrong: this key didn't sign it. Call the company to check.",
				CheckInclusion:  "The path doesn't lead to the checkpoint: the entry isn't in the log, or was altered. Call the company to check.",
				CheckOpenings:   "The values don't match the fingerprints on record. Call the company to check.",
				checkPage:       "The page shows other words than those signed. Don't rely on it; use the command at the end.",
			},
		},
	}
}

// Say picks the words of w's language.
func (w words) Say(t Text) string {
	if w.Lang == "en" {
		return t.EN
	}
	return t.ZH
}

// fill puts values in place of {names}. Pairs are name, value.
func (w words) fill(s string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}

// maxStampCells is how much the rim of the stamp holds; a longer name is cut.
const maxStampCells = 38

func (w words) stampName(company Text) string {
	name := w.Say(company) + w.Records
	if cells(name) > maxStampCells {
		name = w.Say(company)
	}
	for r := []rune(name); cells(name) > maxStampCells; name = string(r) + "…" {
		r = r[:len(r)-1]
	}
	return name
}
