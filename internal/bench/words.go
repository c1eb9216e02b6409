package bench

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"amend/internal/lang"
)

// Say answers a word of a report in a reader's language: the name of a job, a line, a unit
// or a fact. What is not in the vocabulary is said as it is.
func Say(l lang.Lang, word string) string {
	parts := strings.Split(word, ", ")
	for i, part := range parts {
		parts[i] = sayPart(l, part)
	}
	if l == lang.ZH {
		return strings.Join(parts, "，")
	}
	return strings.Join(parts, ", ")
}

func sayPart(l lang.Lang, part string) string {
	if n, ok := strings.CutSuffix(part, " clients"); ok {
		if _, err := strconv.Atoi(n); err == nil {
			return clientsOf(l, n)
		}
	}
	if zh, ok := vocabulary()[part]; ok && l == lang.ZH {
		return zh
	}
	return part
}

func clientsOf(l lang.Lang, n string) string {
	switch {
	case l == lang.ZH:
		return n + " 个客户端"
	case n == "1":
		return "1 client"
	}
	return n + " clients"
}

// vocabulary is every word of a report that has another one in Chinese.
func vocabulary() map[string]string {
	return map[string]string{
		"fsync": "落盘", "apply": "生效", "http": "经 HTTP 生效", "life": "一次变更的全程", "read": "查看", "search": "搜索",
		"import": "导入", "page": "页面", "inbox of fifty": "五十份申请的收件箱", "one request": "一份申请", "one customer": "一位客户", "my details": "我的资料", "pages/s": "页/秒", "sync": "同步", "log": "日志", "start": "启动",

		"4 KiB appended and kept": "追加 4 KiB 并落盘", "phone": "手机号", "mail": "邮箱", "last digits": "后四位", "name": "姓名",
		"three systems that take everything": "三个来者不拒的系统", "beside 32 clients that change": "同时有 32 个客户端在变更",
		"from commit to acknowledged": "从提交到对方确认", "idle": "空闲时", "three webhooks on loopback": "三个本机 webhook",
		"beside a system that is dead": "旁边有一个不应答的系统", "beside the bare load": "与裸写入相比", "the whole list": "整份名单",
		"sequencer": "排序", "changes beside the sequencer": "排序同时的变更", "replay": "重放", "proof from SQL": "证明，读数据库",
		"proof": "证明", "warm": "已预热", "amend serve": "amend serve",

		"changes/s": "次变更/秒", "lives/s": "次全程/秒", "reads/s": "次/秒", "searches/s": "次/秒", "rows/s": "行/秒", "deliveries/s": "次同步/秒",
		"entries/s": "条/秒", "proofs/s": "个/秒", "flushes/s": "次/秒", "a life": "每次全程", "a change": "每次变更", "bytes a customer": "字节/客户",

		"ratio": "比值", "ours": "实测", "cpu": "CPU", "floor's cpu": "下限的 CPU", "commits": "提交", "statements": "语句", "pages": "脏页",
		"changes alone": "单独变更", "changes kept": "变更保留", "without it": "没有它时", "kept": "保留", "alone": "单独", "times apply": "对生效的倍数",
		"rows": "行数", "disk": "磁盘", "peak memory": "内存峰值", "idle memory": "空闲内存", "program": "程序",
	}
}

// Figure writes a number as a person reads it: whole where it is, or from a hundred on, and
// grouped; else with three digits that count.
func Figure(f float64) string {
	switch {
	case math.Abs(f) >= 100, f == math.Trunc(f):
		return grouped(int64(math.Round(f)))
	}
	return strconv.FormatFloat(f, 'f', max(0, 2-int(math.Floor(math.Log10(math.Abs(f))))), 64)
}

func grouped(n int64) string {
	if n < 0 {
		return "-" + grouped(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// Say is the fact in a reader's language: "p99 4.2 ms".
func (f Fact) Say(l lang.Lang) string {
	return strings.TrimSpace(strings.Join([]string{Say(l, f.Name), Figure(f.Value), Say(l, f.Unit)}, " "))
}

// Say is the goal in a reader's language, with what became of it: "✓ ratio 0.91 ≥ 0.85".
func (g Goal) Say(l lang.Lang) string {
	mark, bound := "✗", "≥ "+Figure(g.Min)
	if g.Met {
		mark = "✓"
	}
	if g.Max != 0 {
		bound = "≤ " + Figure(g.Max)
	}
	return fmt.Sprintf("%s %s %s %s", mark, Say(l, g.Of), Figure(g.Have), bound)
}
