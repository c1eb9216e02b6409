package lang_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"amend/fault"
	"amend/internal/lang"
)

func read(t *testing.T, l lang.Lang) map[string]string {
	t.Helper()
	all := map[string]string{}
	parts, err := filepath.Glob(string(l) + "/*.json")
	if err != nil || len(parts) == 0 {
		t.Fatal(len(parts), err)
	}
	for _, part := range parts {
		data, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]string
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(part, err)
		}
		if n := strings.Count(string(data), "\n  \""); n != len(m) {
			t.Errorf("%s has %d lines for %d keys: one stands twice", part, n, len(m))
		}
		for key, s := range m {
			if all[key] != "" {
				t.Errorf("%s stands in %s and elsewhere", key, part)
			}
			all[key] = s
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func names(sentence string) []string {
	found := placeholder.FindAllString(sentence, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestEveryKeyHasASentenceInBothLanguages(t *testing.T) {
	zh, en := read(t, lang.ZH), read(t, lang.EN)
	for key, s := range zh {
		switch {
		case en[key] == "" || s == "":
			t.Errorf("%s has no sentence in one language", key)
		case !slices.Equal(names(s), names(en[key])):
			t.Errorf("%s takes %v in zh and %v in en", key, names(s), names(en[key]))
		}
	}
	for key := range en {
		if zh[key] == "" {
			t.Errorf("%s has no sentence in zh", key)
		}
	}
}

// neutral reports whether a sentence is made of signs alone: how a date is laid out, what
// stands between the words of a list.
func neutral(key string) bool { return strings.HasPrefix(key, "page.layout.") || key == "page.between" }

func TestNoLanguageStraysIntoTheOther(t *testing.T) {
	isHan := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	for key, s := range read(t, lang.EN) {
		if strings.ContainsFunc(s, isHan) || strings.ContainsAny(s, "，。；：！？") {
			t.Errorf("%s en: %s", key, s)
		}
		for _, word := range []string{"please", "oops", "invalid", "illegal"} {
			if slices.Contains(strings.Fields(strings.ToLower(s)), word) {
				t.Errorf("%s en says %q", key, word)
			}
		}
	}
	for key, s := range read(t, lang.ZH) {
		if !strings.ContainsFunc(s, isHan) && !neutral(key) {
			t.Errorf("%s zh: %s", key, s)
		}
		for _, word := range []string{"系统繁忙", "非法操作", "你", "异常"} {
			if strings.Contains(s, word) {
				t.Errorf("%s zh says %s", key, word)
			}
		}
	}
}

// Every fault that the program can make, read out of its own source.
func TestEveryFaultCodeHasASentence(t *testing.T) {
	zh := read(t, lang.ZH)
	codes := uses(t)
	for code, found := range codes {
		s, ok := zh["fault."+code]
		if !ok {
			t.Errorf("%s: fault code %s has no sentence", found[0].where, code)
			continue
		}
		for _, name := range names(s) {
			name = strings.Trim(name, "{}")
			if name == "field" || zh["missing."+name] != "" {
				continue
			}
			for _, u := range found {
				if !u.open && !slices.Contains(u.params, name) {
					t.Errorf("%s: the sentence of %s needs {%s}, which isn't given here", u.where, code, name)
				}
			}
		}
	}
	if len(codes) < 200 {
		t.Errorf("only %d codes found: the search itself is broken", len(codes))
	}
}

func TestReaderGetsTheLanguageTheyPrefer(t *testing.T) {
	for accept, want := range map[string]lang.Lang{
		"":                                 lang.EN,
		"zh-CN,zh;q=0.9,en;q=0.8":          lang.ZH,
		"en-GB,en;q=0.9,zh;q=0.8":          lang.EN,
		"fr,zh;q=0.5":                      lang.ZH,
		"fr,de":                            lang.EN,
		"en;q=0.3, zh-Hans;q=0.7":          lang.ZH,
		"EN-us":                            lang.EN,
		"zh;q=0,en":                        lang.EN,
		"zh;q=0":                           lang.EN,
		"*":                                lang.EN,
		"zh;q=nonsense,en;q=0.1":           lang.EN,
		"zh;q=2,en;q=0.1":                  lang.EN,
		"zh;q=NaN":                         lang.EN,
		"zh,en":                            lang.ZH,
		",;q=1,,":                          lang.EN,
		strings.Repeat("fr,", 5000) + "zh": lang.EN,
	} {
		if got := lang.Of(accept); got != want {
			t.Errorf("%.40q: got %s, want %s", accept, got, want)
		}
	}
	if lang.Prefer("fr", lang.ZH) != lang.ZH || lang.Prefer("*", lang.ZH) != lang.ZH || lang.Prefer("en", lang.ZH) != lang.EN {
		t.Error("the company's language is not the one to fall back to")
	}
}

func TestNameOfALanguageIsReadLiberally(t *testing.T) {
	for tag, want := range map[string]lang.Lang{"zh": lang.ZH, "zh_CN": lang.ZH, "ZH-hant-HK": lang.ZH, "en-US": lang.EN} {
		if got, ok := lang.Parse(tag); !ok || got != want {
			t.Errorf("%s: got %s, %v", tag, got, ok)
		}
	}
	for _, tag := range []string{"", "fr", "english", "z"} {
		if _, ok := lang.Parse(tag); ok {
			t.Errorf("%q is taken for a language of ours", tag)
		}
	}
	if lang.ZH.Tag() != "zh-CN" || lang.EN.Tag() != "en" {
		t.Error("wrong tags")
	}
}

func TestFaultSpeaksTheReadersLanguage(t *testing.T) {
	e := fault.New(fault.Invalid, "wrong_code", "left", 3)
	if title, detail := lang.ZH.Fault(e); title != "内容需要修改" || detail != "验证码不正确，还可以试 3 次" {
		t.Errorf("got %s, %s", title, detail)
	}
	if title, detail := lang.EN.Fault(e); title != "Something needs correcting" || detail != "That code isn't right. Tries left: 3" {
		t.Errorf("got %s, %s", title, detail)
	}
}

func TestFaultNamesWhoMay(t *testing.T) {
	e := fault.New(fault.Denied, "not_allowed", "act", "change.approve", "who", "steward,approver")
	if _, detail := lang.ZH.Fault(e); detail != "没有权限，可由这些角色处理：资料管理员、审批人" {
		t.Errorf("got %s", detail)
	}
	mine := fault.New(fault.Denied, "own_request", "change", "c1", "who", "张敏, 刘洋")
	if _, detail := lang.ZH.Fault(mine); !strings.Contains(detail, "张敏、刘洋") {
		t.Errorf("got %s", detail)
	}
	nobody := fault.New(fault.Denied, "own_request", "change", "c1")
	if _, detail := lang.EN.Fault(nobody); !strings.Contains(detail, "somebody else") {
		t.Errorf("got %s", detail)
	}
}

func TestTypeThatAValueShouldHaveIsSaidInTheReadersWords(t *testing.T) {
	e := fault.New(fault.Malformed, "member_kind", "want", "list", "at", 7)
	if _, detail := lang.ZH.Fault(e); detail != "第 7 字节处的值应为列表" {
		t.Errorf("got %s", detail)
	}
	length := fault.New(fault.Invalid, "reference_form", "want", 20)
	if _, detail := lang.EN.Fault(length); !strings.Contains(detail, "20 characters") {
		t.Errorf("got %s", detail)
	}
}

func TestSeveralFaultsOfOneInputAreAllSaid(t *testing.T) {
	joined := fault.Join(fault.New(fault.Invalid, "reason_missing"), fault.New(fault.Invalid, "no_items"))
	var e *fault.Error
	if !asFault(joined, &e) {
		t.Fatal("no fault")
	}
	if _, detail := lang.ZH.Fault(e); detail != "请填写修改原因；请至少修改一项" {
		t.Errorf("got %s", detail)
	}
}

func asFault(err error, e **fault.Error) (ok bool) {
	*e, ok = err.(*fault.Error)
	return ok
}

func TestUnknownCodeIsShownAndNothingPanics(t *testing.T) {
	for _, l := range []lang.Lang{lang.ZH, lang.EN, "fr", ""} {
		if _, detail := l.Fault(fault.New(fault.Conflict, "brand_new_code")); !strings.Contains(detail, "brand_new_code") {
			t.Errorf("%s: got %s", l, detail)
		}
		if title, detail := l.Fault(nil); title == "" || detail == "" {
			t.Errorf("%s says nothing of an unnamed failure", l)
		}
		if l.Text("no.such.key", nil) != "no.such.key" || l.Word("state", "odd") != "odd" {
			t.Errorf("%s does not show the key", l)
		}
		l.Fault(&fault.Error{Kind: 99, Code: "stale", More: []*fault.Error{nil}})
	}
}

func TestEveryKindHasATitle(t *testing.T) {
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		for _, l := range lang.Langs() {
			if title, _ := l.Fault(fault.New(k, "stale")); strings.HasPrefix(title, "kind.") {
				t.Errorf("%s: kind %d has no title", l, k)
			}
		}
	}
}

func TestFieldOfAFaultReachesItsSentence(t *testing.T) {
	e := fault.New(fault.Conflict, "revert_moved", "change", "c1").On("phone")
	if _, detail := lang.EN.Fault(e); !strings.HasPrefix(detail, "phone has changed") {
		t.Errorf("got %s", detail)
	}
}

func FuzzValueOfAParameterIsNeverReadAgain(f *testing.F) {
	f.Add("{left}")
	f.Add("{{.}} ${x} {who}")
	f.Fuzz(func(t *testing.T, value string) {
		if value == "" {
			return
		}
		if got := lang.EN.Text("fault.wrong_code", map[string]string{"left": value}); got != "That code isn't right. Tries left: "+value {
			t.Fatalf("got %q", got)
		}
	})
}

func FuzzAnyHeaderPicksALanguageOfOurs(f *testing.F) {
	f.Add("zh-CN,zh;q=0.9,en;q=0.8")
	f.Fuzz(func(t *testing.T, accept string) {
		if l := lang.Of(accept); !slices.Contains(lang.Langs(), l) {
			t.Fatalf("got %q", l)
		}
	})
}
