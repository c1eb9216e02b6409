package quality

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"amend/customer"
	"amend/fault"
)

// today is the day on which every test of this package looks.
var today = Checker{Today: time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)}

// of is a field of type t that is about a transaction, unless the test says otherwise.
func of(t customer.Type) customer.Field {
	return customer.Field{Name: "sample", Type: t, Class: customer.Transaction}
}

// verdict is what came of one text: the content, or "!" and the code of the fault.
func verdict(f customer.Field, s string) string {
	c, err := today.NormaliseText(f, s)
	if err != nil {
		return "!" + err.Code
	}
	return string(c)
}

// table checks pairs of input and verdict.
func table(t *testing.T, f customer.Field, pairs ...[2]string) {
	t.Helper()
	for _, p := range pairs {
		if got := verdict(f, p[0]); got != p[1] {
			t.Errorf("%s %+q: got %+q, want %+q", f.Type, p[0], got, p[1])
		}
	}
}

func TestNullAndBlankTextAreNoValue(t *testing.T) {
	for _, raw := range []string{`null`, `""`, `"  "`, `"\u3000\t\r\n"`, ` null `} {
		c, err := today.Normalise(of(customer.Name), json.RawMessage(raw))
		if c != "" || err != nil {
			t.Errorf("%s: got %q, %v", raw, c, err)
		}
	}
}

func TestEachTypeTakesOnlyItsOwnKindOfJSON(t *testing.T) {
	for _, c := range []struct {
		typ  customer.Type
		raw  string
		want string // content, or "!" and code
	}{
		{customer.Flag, `true`, "true"},
		{customer.Flag, `false`, "false"},
		{customer.Number, `9007199254740993`, "9007199254740993"},
		{customer.Number, `-0.50`, "-0.5"},
		{customer.Number, `1e3`, "!number_form"},
		{customer.List, `["b","a","b"]`, `["a","b"]`},
		{customer.List, `[1]`, "!list_form"},
		{customer.Phone, `13800138000`, "!value_kind"},
		{customer.Text, `{"a":1}`, "!value_kind"},
		{customer.Text, `["a"]`, "!value_kind"},
		{customer.Text, `true`, "!value_kind"},
		{customer.Address, `[]`, "!value_kind"},
		{customer.Text, ``, "!value_syntax"},
		{customer.Text, `"a`, "!value_syntax"},
		{customer.Text, `"a" "b"`, "!value_syntax"},
		{customer.Text, `"` + strings.Repeat("a", maxRaw) + `"`, "!value_syntax"},
		{customer.Name, `"\ud800"`, "!text_damaged"},
		{customer.Name, "\"\xff\"", "!text_damaged"},
	} {
		got, err := today.Normalise(of(c.typ), json.RawMessage(c.raw))
		if verdict := say(got, err); verdict != c.want {
			t.Errorf("%s %.40s: got %q, want %q", c.typ, c.raw, verdict, c.want)
		}
	}
}

func say(c customer.Content, err *fault.Error) string {
	if err != nil {
		return "!" + err.Code
	}
	return string(c)
}

func TestBadSyntaxIsMalformedAndBadValuesAreInvalid(t *testing.T) {
	_, syntax := today.Normalise(of(customer.Text), json.RawMessage(`{`))
	_, value := today.NormaliseText(of(customer.Phone), "123")
	if syntax.Kind != fault.Malformed || value.Kind != fault.Invalid {
		t.Fatalf("got %v and %v", syntax.Kind, value.Kind)
	}
}

func TestRenderGivesStringsForScalarsAndJSONForStructuredTypes(t *testing.T) {
	for _, c := range []struct {
		typ  customer.Type
		text customer.Content
		want string
	}{
		{customer.Text, "", "null"},
		{customer.Text, `a<b>&"c"`, `"a<b>&\"c\""`},
		{customer.Number, "9007199254740993", `"9007199254740993"`},
		{customer.Money, "12.50 CNY", `"12.50 CNY"`},
		{customer.Flag, "true", `"true"`},
		{customer.List, `["茶"]`, `["茶"]`},
		{customer.Address, `{"country":"AU","line":"7 Wallaby Place"}`, `{"country":"AU","line":"7 Wallaby Place"}`},
	} {
		if got := string(Render(of(c.typ), c.text)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.typ, got, c.want)
		}
	}
}

func TestEveryShippedFieldHasRulesForItsType(t *testing.T) {
	good := map[customer.Type]string{
		customer.Text: "任意文字", customer.Name: "张三", customer.Phone: "13800138000", customer.Email: "a@x.test",
		customer.Address: "上海市浦东新区世纪大道100号", customer.Messenger: "wechat:zhang_san", customer.ResidentID: "11010519491231002X",
		customer.Passport: "E12345678", customer.USCC: "91110000802100433B", customer.BankCard: "4111111111111111",
		customer.CNAPS: "313651027012", customer.Date: "1990-01-31", customer.Number: "1", customer.Money: "1 CNY",
		customer.Flag: "是", customer.List: "茶、书", customer.Reference: "0123456789abcdefghij",
	}
	for name, f := range customer.Shipped() {
		s := good[f.Type]
		if f.Type == customer.Choice {
			s = f.Choices[0]
		}
		if c, err := today.NormaliseText(f, s); err != nil || c == "" {
			t.Errorf("%s: got %q, %v", name, c, err)
		}
		if c, err := today.NormaliseText(f, "\x00"); err == nil {
			t.Errorf("%s: a control character became %q", name, c)
		}
	}
}
