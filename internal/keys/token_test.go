package keys

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"amend/customer"
)

func field(t customer.Type, kinds ...string) customer.Field {
	return customer.Field{Name: string(t), Type: t, Tokens: kinds}
}

var (
	everything = []string{"exact", "tail", "bigram", "pinyin"}
	nameField  = field(customer.Name, "exact", "bigram", "pinyin")
	phoneField = field(customer.Phone, "exact", "tail")
)

func TestFieldThatGrantsNothingHasNoTokens(t *testing.T) {
	if got := master(t).Tokens(field(customer.Name), "张三"); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

func TestNoValueHasNoTokens(t *testing.T) {
	for _, typ := range []customer.Type{customer.Name, customer.Phone, customer.Address, customer.List} {
		if got := master(t).Tokens(field(typ, everything...), ""); len(got) > 0 {
			t.Errorf("%s: got %v", typ, got)
		}
	}
}

func TestTokensAreSortedAndEachOnce(t *testing.T) {
	m := master(t)
	got := m.Tokens(nameField, "娜娜娜娜")
	if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("got %v", got)
	}
	if again := m.Tokens(nameField, "娜娜娜娜"); !slices.Equal(got, again) {
		t.Error("tokens differ from call to call")
	}
}

func TestResidentIDIsFoundWholeOrNotAtAll(t *testing.T) {
	m := master(t)
	f := field(customer.ResidentID, everything...)
	got := m.Tokens(f, "11010519491231002X")
	if len(got) != 1 || got[0] != m.Exact(f, "11010519491231002X") {
		t.Errorf("got %d tokens, want the exact one", len(got))
	}
}

func TestKindIsInsideTheToken(t *testing.T) {
	m := master(t)
	seen := map[int64]string{}
	for _, kind := range []string{"exact:phone", "exact:email", "exact:text", "tail", "bigram", "pinyin"} {
		token := m.Token(kind, "8000")
		if other, twice := seen[token]; twice {
			t.Errorf("%s and %s give one token", kind, other)
		}
		seen[token] = kind
	}
	if m.Token("ab", "c") == m.Token("a", "bc") {
		t.Error("the border between kind and value moved")
	}
}

func TestTokensOfAnotherKeyAreOthers(t *testing.T) {
	other, _ := New(seeded(7))
	for _, token := range master(t).Tokens(phoneField, "+8613800138000") {
		if slices.Contains(other.Tokens(phoneField, "+8613800138000"), token) {
			t.Error("a token does not depend on the key")
		}
	}
}

// Low-entropy kinds spread over 24 bits, exact ones over 64: counted over 4,096 values each,
// no top byte is empty or crowded.
func TestTokensSpreadOverTheBitsOfTheirKind(t *testing.T) {
	m := master(t)
	for kind, width := range map[string]int{"tail": 24, "bigram": 24, "pinyin": 24, "exact:phone": 64} {
		var buckets [64]int
		for i := range 4096 {
			token := uint64(m.Token(kind, string(rune(0x4e00+i))))
			if width < 64 && token>>width != 0 {
				t.Fatalf("%s: %x is wider than %d bits", kind, token, width)
			}
			buckets[token>>(width-6)]++
		}
		for b, n := range buckets { // 64 expected, standard deviation 8
			if n < 24 || n > 104 {
				t.Errorf("%s: bucket %d holds %d of 4096", kind, b, n)
			}
		}
	}
}

func TestExactFindsEverySpellingOfOneValue(t *testing.T) {
	m := master(t)
	for typ, spellings := range map[customer.Type][]customer.Content{
		customer.Name:      {"欧阳·娜娜", "欧阳娜娜", "欧阳 娜娜"},
		customer.Email:     {"Ada@Example.com", "ada@example.com", "ａｄａ@example.com"},
		customer.USCC:      {"91350100M000100Y43", "91350100m000100y43"},
		customer.BankCard:  {"6222021234567890123", "6222 0212 3456 7890 123"},
		customer.Text:      {"VIP-0012", "vip 0012"},
		customer.Messenger: {"wechat:Ada_1", "ada_1"},
	} {
		f := field(typ, "exact")
		for _, s := range spellings[1:] {
			if m.Exact(f, s) != m.Exact(f, spellings[0]) {
				t.Errorf("%s: %q is not %q", typ, s, spellings[0])
			}
		}
	}
}

func TestExactTellsDifferentValuesApart(t *testing.T) {
	m := master(t)
	for typ, two := range map[customer.Type][2]customer.Content{
		customer.Email:  {"jose@example.com", "josé@example.com"},
		customer.Phone:  {"+8613800138000", "+8613800138001"},
		customer.Number: {"1.5", "15"},
		customer.Date:   {"1990-01-11", "1990-11-01"},
	} {
		if f := field(typ, "exact"); m.Exact(f, two[0]) == m.Exact(f, two[1]) {
			t.Errorf("%s: two values, one token", typ)
		}
	}
	if m.Exact(field(customer.BankCard), "622202") == m.Exact(field(customer.Text), "622202") {
		t.Error("a card and a membership number give one token")
	}
}

func TestExactIsTheTokenThatAGrantStores(t *testing.T) {
	m := master(t)
	rapid.Check(t, func(r *rapid.T) {
		f := field(rapid.SampledFrom([]customer.Type{customer.Name, customer.Phone, customer.Email, customer.Text, customer.Date}).Draw(r, "type"), "exact")
		c := customer.Content(rapid.StringMatching(`[0-9a-zA-Z张三]{1,12}`).Draw(r, "content"))
		if exactText(f.Type, string(c)) == "" {
			return
		}
		if got := m.Tokens(f, c); !slices.Equal(got, []int64{m.Exact(f, c)}) {
			r.Fatalf("got %v", got)
		}
	})
}

func TestShortNumberHasNoTail(t *testing.T) {
	if got := tails("1234"); len(got) > 0 {
		t.Errorf("the tail of a short number is the number: %v", got)
	}
	if got := tails("8613800138000"); !slices.Equal(got, []string{"8000", "138000"}) {
		t.Errorf("got %v", got)
	}
}

func TestAddressIsFoundByItsLineOnly(t *testing.T) {
	f := field(customer.Address, "bigram")
	parts := partsOf(f, `{"country":"CN","region":"110000/110100/110108","line":"中关村大街27号","postcode":"100080"}`)
	var texts []string
	for _, p := range parts {
		texts = append(texts, p.text)
	}
	want := []string{"中关", "关村", "村大", "大街", "号", "27"}
	if !slices.Equal(texts, want) {
		t.Errorf("got %v, want %v", texts, want)
	}
	if got := partsOf(f, "no JSON"); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

func TestLongAddressHasBoundedTokens(t *testing.T) {
	long := make([]rune, 500)
	for i := range long {
		long[i] = rune(0x4e00 + i)
	}
	f := field(customer.Text, "bigram")
	if got := master(t).Tokens(f, customer.Content(long)); len(got) != maxPairs {
		t.Errorf("got %d", len(got))
	}
}

func TestEachOfAListIsFound(t *testing.T) {
	m := master(t)
	f := field(customer.List, "exact")
	if got := m.Tokens(f, `["golf","sailing"]`); len(got) != 2 {
		t.Errorf("got %v", got)
	}
	if got := m.Tokens(f, `{"no":"list"}`); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

func FuzzTokens(f *testing.F) {
	m, _ := New(seeded(1))
	f.Add("name", "欧阳娜娜")
	f.Add("address", `{"line":"中关村"}`)
	f.Add("list", `["a"]`)
	f.Add("messenger", "wechat:")
	f.Add("text", "\xff\u200d\U000e0100")
	f.Fuzz(func(t *testing.T, typ, content string) {
		got := m.Tokens(field(customer.Type(typ), everything...), customer.Content(content))
		if !slices.IsSorted(got) {
			t.Fatal("not in order")
		}
	})
}
