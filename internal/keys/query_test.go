package keys

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mozillazg/go-pinyin"
	"pgregory.net/rapid"

	"amend/customer"
)

// index finds records as the token table does: every token of a way, then the look after opening.
type index struct {
	m      *Master
	tokens map[int64][]int
	held   []held
}

type held struct {
	field   customer.Field
	content customer.Content
}

func newIndex(m *Master) *index { return &index{m: m, tokens: map[int64][]int{}} }

func (x *index) add(f customer.Field, c customer.Content) int {
	id := len(x.held)
	x.held = append(x.held, held{f, c})
	for _, token := range x.m.Tokens(f, c) {
		x.tokens[token] = append(x.tokens[token], id)
	}
	return id
}

func (x *index) find(text string) []int {
	var out []int
	for _, way := range x.m.Query(text) {
		for _, id := range x.tokens[way.Tokens[0]] {
			all := !slices.ContainsFunc(way.Tokens, func(token int64) bool { return !slices.Contains(x.tokens[token], id) })
			if all && way.Holds(x.held[id].field, x.held[id].content) {
				out = append(out, id)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestChineseNamesAreFoundHoweverTheyAreTyped(t *testing.T) {
	for name, typed := range map[customer.Content][]string{
		"张三":           {"张三", "张 三", "zhangsan", "Zhang San", "zs", "ZS", "San Zhang", "zhāng sān"},
		"欧阳娜娜":         {"欧阳娜娜", "欧阳", "娜娜", "阳娜", "ouyangnana", "Ouyang Nana", "Nana Ouyang", "oynn"},
		"阿卜杜拉·买买提":     {"阿卜杜拉·买买提", "阿卜杜拉买买提", "阿卜杜拉•买买提", "阿卜杜拉・买买提", "买买提", "abudulamaimaiti", "abdlmmt"},
		"曾国藩":          {"zengguofan", "ZGF", "guofan zeng"},
		"单田芳":          {"shantianfang", "stf"},
		"万俟卨":          {"moqixie", "万俟"},
		"尉迟恭":          {"yuchigong"},
		"吕布":           {"lvbu", "lubu", "lübu", "LYU BU"},
		"文玉":           {"wenyu", "wy"},
		"黄乐":           {"huangle", "huangyue"},
		"王重行":          {"wangzhongxing", "wangchongxing", "wangzhonghang"},
		"西安":           {"xi'an", "xian", "xi’an"},
		"佟":            {"佟", "tong"},
		"重庆长安银行":       {"chongqingchanganyinhang", "cqcayh"},
		"盛晟":           {"shengsheng", "shengcheng"},
		"𠮷野":           {"𠮷野"},
		"张𬎆":           {"张𬎆"},
		"王\U000E0100明": {"王明"},                           // with a variation selector
		"豈凡":           {"豈凡"},                           // U+F900 and U+8C48 are one character
		"\ue000明":      {"\ue000明"},                      // typed with a private-use character
		"上海某某科技有限公司":   {"某某科技", "上海某某科技有限公司", "科技有限公司"}, // organizations too
	} {
		x := newIndex(master(t))
		id := x.add(nameField, name)
		for _, text := range typed {
			if !slices.Contains(x.find(text), id) {
				t.Errorf("%s is not found by %q", name, text)
			}
		}
	}
}

func TestNamesOfOtherScriptsAreFoundByTheirWords(t *testing.T) {
	for name, typed := range map[customer.Content][]string{
		"Ada Lovelace":   {"ada lovelace", "Lovelace", "LOVELACE Ada", "adalovelace"},
		"José da Silva":  {"jose da silva", "José", "silva"},
		"Conan O'Brien":  {"O’Brien", "obrien"},
		"Ἀλέξανδρος":     {"αλεξανδρος", "ΑΛΕΞΑΝΔΡΟΣ"},
		"Мария Кюри":     {"кюри", "МАРИЯ"},
		"やまだ たろう":        {"やまだ", "たろう"},
		"김철수":            {"김철수", "철수"},
		"王小明 Peter Wang": {"王小明", "peter", "王小明 Peter", "Wang Peter"},
		"Ｗａｎｇ　Ｘｉａｏｍｉｎｇ":  {"wang xiaoming"},
	} {
		x := newIndex(master(t))
		id := x.add(nameField, name)
		for _, text := range typed {
			if !slices.Contains(x.find(text), id) {
				t.Errorf("%s is not found by %q", name, text)
			}
		}
	}
}

func TestPhoneIsFoundHoweverItIsTyped(t *testing.T) {
	x := newIndex(master(t))
	mobile, desk, abroad := x.add(phoneField, "+8613800138000"), x.add(phoneField, "+861065529988"), x.add(phoneField, "+14155550123")
	for text, id := range map[string]int{
		"13800138000": mobile, "138 0013 8000": mobile, "+86 138-0013-8000": mobile, "008613800138000": mobile, "8613800138000": mobile, "１３８００１３８０００": mobile,
		"8000": mobile, "38000": mobile, "138000": mobile, "0138000": mobile,
		"010-65529988": desk, "(010) 6552 9988": desk,
		"+1 415 555 0123": abroad, "415-555-0123": abroad, "0014155550123": abroad,
	} {
		if got := x.find(text); !slices.Equal(got, []int{id}) {
			t.Errorf("%q: got %v, want %d", text, got, id)
		}
	}
	for _, text := range []string{"000", "13800138001", "9000", "1380013800"} {
		if got := x.find(text); len(got) > 0 {
			t.Errorf("%q: found %v", text, got)
		}
	}
}

func TestIdentifiersAreFoundWhole(t *testing.T) {
	x := newIndex(master(t))
	for c, tc := range map[customer.Content]struct {
		typ   customer.Type
		typed string
	}{
		"11010519491231002X":      {customer.ResidentID, "11010519491231002x"},
		"110105491231002":         {customer.ResidentID, "110105 491231 002"},
		"91350100M000100Y43":      {customer.USCC, "9135 0100 M000 100Y 43"},
		"6222021234567890123":     {customer.BankCard, "6222 0212 3456 7890 123"},
		"102100099996":            {customer.CNAPS, "102100099996"},
		"E12345678":               {customer.Passport, "e12345678"},
		"VIP-0012":                {customer.Text, "vip0012"},
		"wechat:ada_1":            {customer.Messenger, "ada_1"},
		"ada.lovelace@例子.example": {customer.Email, " Ada.Lovelace@例子.example "},
	} {
		id := x.add(field(tc.typ, "exact"), c)
		if got := x.find(tc.typed); !slices.Equal(got, []int{id}) {
			t.Errorf("%s: %q found %v", tc.typ, tc.typed, got)
		}
		if got := x.find(tc.typed[:len(tc.typed)-2]); len(got) > 0 {
			t.Errorf("%s: a cut key found %v", tc.typ, got)
		}
	}
}

func TestKeyThatSaysNothingAsksNothing(t *testing.T) {
	m := master(t)
	for _, text := range []string{"", "  ", "···", "\u200d", strings.Repeat("张", maxQuery+1)} {
		if got := m.Query(text); len(got) > 0 {
			t.Errorf("%q: %d ways", text, len(got))
		}
	}
}

func TestEveryReadingOfTheDictionaryIsPlainLetters(t *testing.T) {
	for r := range pinyin.PinyinDict {
		for _, s := range readingsOf(rune(r)) {
			if !latin(s) {
				t.Fatalf("%c is read %q", r, s)
			}
		}
		if got, want := len(readingsOf(rune(r))) > 0, pinyin.PinyinDict[r] != ""; got != want {
			t.Fatalf("%c lost its readings", r)
		}
	}
	if got := readingsOf('吕'); !slices.Equal(got, []string{"lu"}) {
		t.Errorf("got %v", got)
	}
}

func TestSurnameAloneFindsOnlyWhoHasNoOtherName(t *testing.T) {
	x := newIndex(master(t))
	x.add(nameField, "张三")
	alone := x.add(nameField, "张")
	if got := x.find("张"); !slices.Equal(got, []int{alone}) {
		t.Errorf("got %v", got)
	}
}

func TestCollisionOfTokensIsCaughtAfterOpening(t *testing.T) {
	m := master(t)
	for _, way := range m.Query("买买提") {
		if way.Holds(nameField, "买提·买买") { // the same pairs in another order
			t.Errorf("%s: pairs were taken for a name", way.Meaning)
		}
	}
	for _, way := range m.Query("38000") {
		if way.Holds(phoneField, "+8613900128000") {
			t.Errorf("%s: four digits were taken for five", way.Meaning)
		}
	}
}

func TestWayNeverHoldsWhatTheFieldDoesNotGrant(t *testing.T) {
	m := master(t)
	for _, text := range []string{"张三", "zhangsan", "zs"} {
		for _, way := range m.Query(text) {
			if way.Holds(field(customer.Name), "张三") {
				t.Errorf("%q as %s holds without a grant", text, way.Meaning)
			}
		}
	}
}

func TestExactKeysAreToldFromVagueOnes(t *testing.T) {
	m := master(t)
	if w := m.Query("ada@example.com"); len(w) != 1 || !w[0].Exact() || w[0].Meaning != IsMail {
		t.Error("a mail address is one exact key")
	}
	for _, w := range m.Query("13800138000") {
		if w.Exact() != (w.Meaning == IsIdentifier) || w.Meaning == IsName && w.Exact() {
			t.Errorf("%s: exact %v", w.Meaning, w.Exact())
		}
	}
	if !m.Query("13800138000")[0].Exact() {
		t.Error("exact keys come first")
	}
}

// TestTenThousandNamesAreEachFound draws names from common and rare surnames and characters
// of the basic and the extended blocks; every way to type one leads to it.
func TestTenThousandNamesAreEachFound(t *testing.T) {
	surnames := strings.Fields("王 李 张 刘 陈 杨 赵 黄 周 吴 欧阳 司马 诸葛 单 曾 仇 解 查 朴 任 翟 缪 乐 盖 覃 区 尉迟 长孙 爨 䶮 逄")
	given := []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂乐行重朝传藏曦玥翀燚垚犇羴喆堃赟𬎆𠮷㛃")
	x := newIndex(master(t))
	for i := range 10_000 {
		name := surnames[i%len(surnames)] + string(given[i/7%len(given)])
		if i%3 > 0 {
			name += string(given[i/311%len(given)])
		}
		x.add(nameField, customer.Content(name))
	}
	for id := range x.held {
		name := string(x.held[id].content)
		typed := append([]string{name, strings.Join(strings.Split(name, ""), " ")}, spellings(name)...)
		for _, text := range typed {
			if id%50 == 0 && !slices.Contains(x.find(text), id) {
				t.Fatalf("%s is not found by %q", name, text)
			}
		}
		if !reached(x.m, x.held[id], name) {
			t.Fatalf("%s is not found", name)
		}
	}
}

// reached reports whether some way of text leads to h: its tokens are all stored, and it holds.
func reached(m *Master, h held, text string) bool {
	stored := m.Tokens(h.field, h.content)
	return slices.ContainsFunc(m.Query(text), func(w Way) bool {
		for _, token := range w.Tokens {
			if _, ok := slices.BinarySearch(stored, token); !ok {
				return false
			}
		}
		return w.Holds(h.field, h.content)
	})
}

func TestWhateverIsHeldIsFoundByItself(t *testing.T) {
	m := master(t)
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.StringMatching(`[\x{4e00}-\x{9fa5}]{2,6}|[A-Z][a-z]{1,8} [A-Z][a-z]{1,8}`).Draw(r, "name")
		if !reached(m, held{nameField, customer.Content(name)}, name) {
			r.Fatalf("%s is not found by itself", name)
		}
		phone := fmt.Sprintf("+%d", rapid.Int64Range(1e9, 1e14).Draw(r, "phone"))
		for _, text := range []string{phone, phone[1:], phone[len(phone)-4:], phone[len(phone)-6:]} {
			if !reached(m, held{phoneField, customer.Content(phone)}, text) {
				r.Fatalf("%s is not found by %s", phone, text)
			}
		}
	})
}

func FuzzQuery(f *testing.F) {
	m, _ := New(seeded(1))
	for _, s := range []string{"张三", "13800138000", "a@b", "o'brien 王", "０", "\xff\xfe", "ﷺ", "+", "''''"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ways := m.Query(text)
		if len(ways) > 16 {
			t.Fatalf("%d ways", len(ways))
		}
		for _, w := range ways {
			if len(w.Tokens) == 0 || len(w.Tokens) > maxAnded {
				t.Fatalf("%s asks for %d tokens", w.Meaning, len(w.Tokens))
			}
		}
	})
}
