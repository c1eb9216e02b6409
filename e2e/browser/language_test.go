package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"amend/internal/lang"
)

func TestNoPageShowsABareKeyOrAnotherLanguage(t *testing.T) {
	h := fullHouse(t)
	for _, l := range lang.Langs() {
		other := sentences(t, l)
		for p, a := range h.everywhere(t, l) {
			if !a.page() || p.path == "/console/design" { // which shows parts, with examples in them
				continue
			}
			for _, text := range a.texts(t, l) {
				if what := odd(text, l, other); what != "" {
					t.Errorf("%s as %q in %s shows %s: %q", p.path, p.who, l, what, clip(text, 80))
				}
			}
		}
	}
}

// bareKey is how a key of lang looks that has no sentence.
var bareKey = regexp.MustCompile(`^[a-z]+(_[a-z]+)*(\.[a-z0-9_:-]+)+$`)

// odd says what is wrong with a text of a page in a language, "" for nothing.
func odd(text string, l lang.Lang, other map[string]string) string {
	key, said := other[text]
	switch {
	case bareKey.MatchString(text) && lang.EN.Has(text), bareKey.MatchString(text) && family(text):
		return "a bare key"
	case strings.ContainsAny(text, "{}") && !strings.Contains(text, `"`):
		return "an open place"
	case said:
		return "the other language's " + key
	case l == lang.EN && han(text) && !written(text):
		return "Chinese"
	case l == lang.ZH && english.MatchString(text) && !written(text):
		return "English"
	}
	return ""
}

// family reports whether a text begins as keys do.
func family(text string) bool {
	first, _, _ := strings.Cut(text, ".")
	return slices.Contains([]string{"portal", "console", "page", "said", "fault", "state", "verb", "channel", "concern", "risk", "recipe", "field"}, first)
}

// english are two words of it in a row, as no name or code of ours has them.
var english = regexp.MustCompile(`\b[a-z]{2,} [a-z]{2,}\b`)

// written reports whether a text is what people of these tests wrote or are called, or a
// value that is shown in part.
func written(text string) bool {
	for _, own := range []string{
		"*", "•", "客户来电要求", "The customer asked", "The voice did not match", "声音不符", "这不是我", "This was not me", "下周搬家", "We move next week", "哪种拼写", "银行卡", "姓名和卡号", "身份证", "姓名", "客户同意", "Which spelling", "Bank card", "She agreed", "Name and number",
		"new customer", "新客户", "澜石", "周女士", "中文", "ID card", "name and photo", "北京市", "上海市", "围棋",
	} {
		if strings.Contains(text, own) {
			return true
		}
	}
	rest := text
	for _, s := range registered() {
		if strings.Contains(text, s.name) {
			return true
		}
		if initial := string([]rune(s.name)[:1]); han(initial) {
			rest = strings.ReplaceAll(rest, initial, "") // all that is shown of a name before its owner is proven
		}
	}
	return rest != text && !han(rest)
}

func han(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// sentences are what the other language says, by sentence, where this one says it differently.
func sentences(t *testing.T, l lang.Lang) map[string]string {
	t.Helper()
	other := map[lang.Lang]lang.Lang{lang.ZH: lang.EN, lang.EN: lang.ZH}[l]
	files, err := filepath.Glob("../../internal/lang/" + string(other) + "/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no words", err)
	}
	all := map[string]string{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var said map[string]string
		if err := json.Unmarshal(raw, &said); err != nil {
			t.Fatal(f, err)
		}
		for key, sentence := range said {
			if l.Text(key, nil) != sentence {
				all[sentence] = key
			}
		}
	}
	for key := range all { // a word that this language has elsewhere is its own
		if own(l, key) {
			delete(all, key)
		}
	}
	return all
}

// own reports whether a word stands in both languages, such as the name of a system.
func own(_ lang.Lang, sentence string) bool {
	return len([]rune(sentence)) < 3 || slices.Contains([]string{"English", "中文", "CRM", "API"}, sentence)
}

// texts are what a page shows, without what it says is in another language. The entries of a
// list may be names of places.
func (a answer) texts(t *testing.T, l lang.Lang) []string {
	t.Helper()
	var all []string
	var walk func(n *html.Node, foreign bool)
	walk = func(n *html.Node, foreign bool) {
		if n.Type == html.ElementNode {
			if slices.Contains([]string{"script", "style", "template", "code", "noscript", "option"}, n.Data) || strings.Contains(attr(n, "class"), "mono") {
				return
			}
			if tag := attr(n, "lang"); tag != "" {
				spoken, _ := lang.Parse(tag)
				foreign = spoken != l
			}
			for _, name := range []string{"title", "alt", "aria-label", "placeholder"} {
				if s := strings.TrimSpace(attr(n, name)); s != "" && !foreign {
					all = append(all, s)
				}
			}
		}
		if s := strings.Join(strings.Fields(n.Data), " "); n.Type == html.TextNode && s != "" && !foreign {
			all = append(all, s)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, foreign)
		}
	}
	walk(a.document(t), false)
	return all
}
