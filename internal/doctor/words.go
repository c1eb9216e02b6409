package doctor

import (
	"fmt"
	"strings"

	"amend/internal/lang"
)

// both says one thing in Chinese and English.
type both struct{ zh, en string }

func (b both) in(l lang.Lang) string {
	if l == lang.ZH {
		return b.zh
	}
	return b.en
}

// told is what a code says: what was found, and what to do. {n}, {rows} and parameters are
// filled in.
type told struct{ found, remedy both }

// Title is what was looked at.
func (f Finding) Title(l lang.Lang) string {
	if b, ok := areas()[f.Area]; ok {
		return b.in(l)
	}
	return f.Area
}

// Sentence is what was found and what to do about it.
func (f Finding) Sentence(l lang.Lang) string {
	if f.Fault != nil {
		_, detail := l.Fault(f.Fault)
		return detail
	}
	found, remedy := f.Found(l), f.Remedy(l)
	switch {
	case remedy == "":
		return found
	case l == lang.ZH:
		return found + "。" + remedy
	}
	return found + ". " + remedy
}

// Found is what was found; the code where it has no sentence.
func (f Finding) Found(l lang.Lang) string {
	t, ok := sentences()[f.Code]
	if !ok {
		return f.Code
	}
	return f.fill(l, t.found.in(l))
}

// Remedy is what to do, "" for a finding that asks for nothing.
func (f Finding) Remedy(l lang.Lang) string { return f.fill(l, sentences()[f.Code].remedy.in(l)) }

func (f Finding) fill(l lang.Lang, text string) string {
	list := []string{"{n}", fmt.Sprint(f.N), "{rows}", f.rows(l)}
	if n, ok := f.Params["n"]; ok {
		list[1] = n
	}
	for name, value := range f.Params {
		list = append(list, "{"+name+"}", value)
	}
	return strings.NewReplacer(list...).Replace(text)
}

func (f Finding) rows(l lang.Lang) string {
	between, more := ", ", " and %d more"
	if l == lang.ZH {
		between, more = "、", " 等，另有 %d 项"
	}
	list := strings.Join(f.Rows, between)
	if rest := f.N - int64(len(f.Rows)); rest > 0 && len(f.Rows) > 0 {
		list += fmt.Sprintf(more, rest)
	}
	return list
}

// sentences is what every code says.
func sentences() map[string]told {
	all := placeWords()
	for _, more := range []map[string]told{workWords(), logWords(), recordWords(), wellWords()} {
		for code, t := range more {
			all[code] = t
		}
	}
	return all
}

func areas() map[string]both {
	return map[string]both{
		"disk": {"磁盘", "disk"}, "key": {"密钥", "key"}, "database": {"数据库", "database"}, "schema": {"库结构", "tables and triggers"},
		"settings": {"数据库设置", "database settings"}, "clock": {"时钟", "clock"}, "log_key": {"日志密钥", "log key"}, "log": {"日志", "log"},
		"witness": {"见证", "witness"}, "sms": {"短信", "SMS"}, "mail": {"邮件", "mail"}, "on_call": {"值班", "on call"}, "work": {"后台工作", "work"},
		"requests_due": {"到期的申请", "requests due"}, "deliveries_due": {"待同步", "deliveries due"}, "notices_due": {"待通知", "notices due"},
		"quarantine": {"隔离", "quarantine"}, "untaken": {"未送出的消息", "messages not taken"}, "exceptions": {"同步例外", "exceptions"},
		"systems": {"下游系统", "systems"},
		"leases":  {"工作分片", "shards of work"}, "recent": {"最近的档案", "newest records"}, "records": {"档案", "records"},
		"requests": {"申请", "requests"}, "keys": {"数据密钥", "data keys"}, "search": {"检索", "search"}, "relations": {"关系", "relations"},
		"deliveries": {"应同步的档案", "records to follow"}, "causes": {"没有来由的值", "values without a cause"}, "rules": {"公司规则", "company rules"},
	}
}
