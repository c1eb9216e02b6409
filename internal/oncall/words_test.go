package oncall

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"amend/fault"
	"amend/internal/doctor"
	"amend/internal/lang"
	"amend/internal/store"
	"amend/notify"
)

// found is everything that a look may find.
func found() []doctor.Finding {
	params := map[string]string{"n": "7", "signed": "7", "waiting": "7", "oldest": "5m0s", "free": "1 MiB", "path": "/data", "size": "7", "seen": "7", "since": "noon", "why": "internal"}
	var list []doctor.Finding
	for code, area := range map[string]string{
		doctor.DatabaseAway: "database", "corrupt": "database", "disk_full": "disk", "disk_tight": "disk", "log_late": "log", "log_key_public": "log_key",
		"log_key_sealed": "log_key", "queue_late": "notices_due", "untaken": "untaken", "exceptions": "exceptions", store.RequestStuck: "quarantine",
		"witness_empty": "witness", "witness_stale": "witness", "witness_ahead": "witness", "witness_forked": "witness", "unread": "witness",
	} {
		list = append(list, doctor.Finding{Area: area, Code: code, Level: doctor.Ill, N: 1, Rows: []string{"c1"}, Params: params})
	}
	for _, area := range []string{"requests_due", "deliveries_due"} {
		list = append(list, doctor.Finding{Area: area, Code: "queue_late", Level: doctor.Ill, Params: params})
	}
	for _, code := range []string{"witness_key_missing", "witness_key_unreadable", "witness_other_log"} {
		list = append(list, doctor.Finding{Area: "witness", Code: code, Level: doctor.Ill, Fault: fault.New(fault.Invalid, code, "path", "/safe/head")})
	}
	return list
}

func house(l lang.Lang) House {
	return House{Brand: "Lan", Lang: l, Address: "https://portal.example.com", Zone: time.FixedZone("CST", 8*60*60)}
}

// chinese reports whether any character of text is.
func chinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestEveryTroubleHasASentenceInChineseAndEnglish(t *testing.T) {
	code := regexp.MustCompile(`\b[a-z]+_[a-z_]+\b|[{}]`)
	for _, l := range lang.Langs() {
		for _, f := range found() {
			m := house(l).trouble([]trouble{{Finding: f, since: monday}})
			for medium, text := range map[string]string{"subject": m.subject, "mail": m.text, "sms": m.short} {
				if chinese(text) != (l == lang.ZH) || code.MatchString(text) {
					t.Errorf("%s %s, %s: %s", l, f.Code, medium, text)
				}
			}
			if f.Title(l) == f.Area && l == lang.ZH || f.Fault == nil && f.Remedy(l) == "" {
				t.Errorf("%s %s: neither name nor remedy", l, f.Code)
			}
		}
		if m := house(l).well(); chinese(m.subject+m.text) != (l == lang.ZH) || chinese(m.short) != (l == lang.ZH) {
			t.Errorf("%s: %+v", l, m)
		}
	}
}

func TestMailNamesTheInstallationEachTroubleItsRemedyAndSinceWhen(t *testing.T) {
	list := []trouble{{Finding: late, since: monday}, {Finding: full, since: monday.Add(time.Hour)}}
	for l, want := range map[lang.Lang]message{
		lang.EN: {subject: "Lan: 2 things aren't well", text: `Lan https://portal.example.com

log: 7 entries signed, 2 waiting, the oldest for 2m0s. If the server isn't running, start it: amend serve; if it is, see its log
Since 2026-03-02 11:00 CST

disk: the database's disk is full, so new acts are refused; what is stored is whole. Free some space; the server goes on by itself then
Since 2026-03-02 12:00 CST

See how it is: https://portal.example.com/readyz; look at everything: amend doctor
`, short: "Lan: 2 things aren't well. log: 7 entries signed, 2 waiting, the oldest for 2m0s. https://portal.example.com/readyz"},
		lang.ZH: {subject: "Lan：2 项不正常", text: `Lan https://portal.example.com

日志：7 条已签名，2 条在等，最久 2m0s。服务没有运行就启动它：amend serve；在运行就看它的日志
始于 2026-03-02 11:00 CST

磁盘：数据库所在的磁盘满了，新的申请保存不了；已有的完好。腾出空间；有了空间，服务自己恢复
始于 2026-03-02 12:00 CST

看现状：https://portal.example.com/readyz；逐项检查：amend doctor
`, short: "【Lan】2 项不正常。日志：7 条已签名，2 条在等，最久 2m0s。https://portal.example.com/readyz"},
	} {
		got := house(l).trouble(list)
		if got.subject != want.subject || got.text != want.text || got.short != want.short {
			t.Errorf("%s:\n%s\n%s\n%s", l, got.subject, got.text, got.short)
		}
	}
}

func TestShortMessageIsAtMostThreePartsLong(t *testing.T) {
	for _, l := range lang.Langs() {
		for _, f := range found() {
			out := house(l).outgoing(house(l).trouble([]trouble{{Finding: f}, {Finding: full}}), Contact{notify.SMS, "+8613800000000"})
			if out.Segments == 0 || out.Segments > 3 || out.Subject != "" || out.Template == "" || len(out.Params) != 3 {
				t.Errorf("%s %s: %+v", l, f.Code, out)
			}
		}
	}
}
