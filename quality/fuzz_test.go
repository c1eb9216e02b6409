package quality

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"amend/customer"
)

var everyType = []customer.Type{
	customer.Text, customer.Name, customer.Phone, customer.Email, customer.Address, customer.Messenger,
	customer.ResidentID, customer.Passport, customer.USCC, customer.BankCard, customer.CNAPS,
	customer.Date, customer.Number, customer.Money, customer.Flag, customer.Choice, customer.List, customer.Reference,
}

// settled fails unless content is canonical: valid, NFC, and the same again, as text and
// in the form that the API shows.
func settled(t interface {
	Fatalf(string, ...any)
}, f customer.Field, c customer.Content) {
	s := string(c)
	if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) {
		t.Fatalf("%s: %+q is not NFC", f.Type, s)
	}
	again, err := today.NormaliseText(f, s)
	if err != nil || again != c {
		t.Fatalf("%s: %+q became %+q, %v", f.Type, c, again, err)
	}
	shown, err := today.Normalise(f, Render(f, c))
	if err != nil || shown != c {
		t.Fatalf("%s: %+q shown as %s became %+q, %v", f.Type, c, Render(f, c), shown, err)
	}
}

// fuzz checks the rules of some types against texts that nobody thought of.
func fuzz(f *testing.F, types []customer.Type, seeds ...string) {
	for i := range types {
		for _, s := range seeds {
			f.Add(uint8(i), s)
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, s string) {
		field := of(types[int(i)%len(types)])
		field.Choices = []string{"standard", "high"}
		if c, err := today.NormaliseText(field, s); err == nil {
			settled(t, field, c)
		}
		if json.Valid([]byte(s)) {
			if c, err := today.Normalise(field, json.RawMessage(s)); err == nil {
				settled(t, field, c)
			}
		}
	})
}

func FuzzEveryType(f *testing.F) {
	fuzz(f, everyType, "张 三", "阿卜杜拉•买买提", "12.50 cny", "2024年2月29日", "['a', b]", `["b","a"]`, "wechat:zhang_san", "\u200d\u0301e")
}

func FuzzPhone(f *testing.F) {
	fuzz(f, []customer.Type{customer.Phone}, "+86 138-0013-8000", "（010）1234 5678", "+44 (0)20 7946 0018", "+39 06 698", "tel:+1 202 555 0123", "01010000")
}

func FuzzEmail(f *testing.F) {
	fuzz(f, []customer.Type{customer.Email}, "A+b@X.test", "a@例子.测试", "a@xn--fsqu00a.xn--0zwm56d", "a@bücher.example", "a@١.example", "0@Xn--.")
}

func FuzzName(f *testing.F) {
	fuzz(f, []customer.Type{customer.Name}, "阿卜杜拉 • 买买提", "张　三", "葛\U000E0100城", "می\u200cخواهم", "O'Brien")
}

func FuzzAddress(f *testing.F) {
	fuzz(f, []customer.Type{customer.Address}, "上海浦东新区世纪大道100号", `{"country":"CN","region":"HK/九龙/观塘区","line":"1"}`,
		`{"country":"AU","region":"nsw","line":"7 wallaby place","postcode":"2119"}`)
}

func FuzzIdentifiers(f *testing.F) {
	fuzz(f, []customer.Type{customer.ResidentID, customer.Passport, customer.USCC, customer.BankCard, customer.CNAPS, customer.Date},
		"11010519491231002x", "e1234 5678", "91110000802100433B", "4111-1111-1111-1111", "313651027012", "1990/1/31")
}

func TestAnyTextNormalisedTwiceIsTheSameAsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		field := of(rapid.SampledFrom(everyType).Draw(t, "type"))
		s := rapid.String().Draw(t, "text")
		if c, err := today.NormaliseText(field, s); err == nil {
			settled(t, field, c)
		}
	})
}
