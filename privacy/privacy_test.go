package privacy

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"amend/access"
	"amend/customer"
)

var agent = access.Actor{ID: "s1", Name: "Li Mei", Sort: access.Staff, Roles: []access.Role{access.Agent}}

func field(mask string) customer.Field {
	f := customer.Field{Name: "f", Type: customer.Text, Tier: customer.High, Mask: mask}
	if mask == "address" {
		f.Type = customer.Address
	}
	return f
}

func TestEveryMaskShowsWhatItSays(t *testing.T) {
	cases := []struct{ mask, in, want string }{
		{"phone", "+8613800138000", "138****8000"},
		{"phone", "+861012345678", "010****5678"},
		{"phone", "+85261234567", "+852 ****4567"},
		{"phone", "+447700900123", "+44 77****0123"},
		{"phone", "+12025550143", "+1 20****0143"},
		{"phone", "+8612345", "****5"},
		{"phone", "+861", "****"},
		{"phone", "13800138000", veil},
		{"email", "zhangsan@example.com", "z***n@e***.com"},
		{"email", "ab@mail.example.com.cn", "a***@m***.cn"},
		{"email", "a@x.test", "***@***.test"},
		{"email", "张小三@example.中国", "张***@e***.***"},
		{"email", "a@localhost", "***@***"},
		{"email", "not an address", veil},
		{"email", "@x.test", veil},
		{"name", "王小芳", "王*芳"},
		{"name", "欧阳娜娜", "欧**娜"},
		{"name", "王芳", "王*"},
		{"name", "张", "*"},
		{"name", "张\u3000三", "张*"},
		{"name", "𠮷野家", "𠮷*家"},
		{"name", "阿卜杜拉·买买提", "阿****提"},
		{"name", "John Smith", "J*** S****"},
		{"name", "ZHANG/SAN", "Z**** S**"},
		{"name", "Juan Carlos de la Cruz", "J*** *** C***"},
		{"name", "O'Brien", "O****"},
		{"name", "J", "*"},
		{"name", "👨‍👩‍👧‍👦", "*"},
		{"name", "\u202e三张", "三*"},
		{"tail4", "6222021234561234", "****1234"},
		{"tail4", "11010519491231002X", "****002X"},
		{"tail4", "6222 0212 3456 1234", "****1234"},
		{"tail4", "12345", "****5"},
		{"tail4", "12", "****"},
		{"date", "1990-05-02", "19**-**-**"},
		{"date", "19900502", veil},
		{"all", "anything", veil},
		{"none", "plain", "plain"},
		{"", "anything", veil},
		{"unheard_of", "anything", veil},
		{"address", `{"country":"CN","region":"440305007","line":"南海大道 1 号","postcode":"518000","recipient":"王小芳"}`,
			`{"country":"CN","region":"440305","line":"••••"}`},
		{"address", `{"country":"HK","region":"HK/九龙/观塘区","line":"1"}`, `{"country":"HK","region":"HK/九龙/观塘区","line":"••••"}`},
		{"address", `{"country":"AU","region":"st james, wa & co","line":"6 tullaroop street"}`,
			`{"country":"AU","region":"st james, wa & co","line":"••••"}`},
		{"address", `{"country":5}`, veil},
		{"address", `{}`, `{"line":"••••"}`},
		{"address", "南海大道 1 号", veil},
	}
	for _, c := range cases {
		got := Mask(agent, field(c.mask), customer.Content(c.in), false)
		if got.Text != c.want {
			t.Errorf("%s %q: got %q, want %q", c.mask, c.in, got.Text, c.want)
		}
		if got.Hidden != (c.mask != "none") {
			t.Errorf("%s %q: hidden is %v", c.mask, c.in, got.Hidden)
		}
	}
}

func TestNoValueIsShownAsNoValue(t *testing.T) {
	if got := Mask(agent, field("all"), "", false); got != (Masked{}) {
		t.Fatalf("got %+v", got)
	}
}

func TestTopTierIsNeverOpenWithoutAReveal(t *testing.T) {
	f := field("none")
	for _, tier := range []customer.Tier{customer.Top, "", "unheard_of"} {
		f.Tier = tier
		if got := Mask(agent, f, "secret", false); got != (Masked{veil, true}) {
			t.Errorf("tier %q: got %+v", tier, got)
		}
		if got := Mask(agent, f, "secret", true); got != (Masked{"secret", false}) {
			t.Errorf("tier %q revealed: got %+v", tier, got)
		}
	}
}

func TestTopTierThatIsLeftOpenGetsTheMaskOfItsType(t *testing.T) {
	cases := []struct {
		typ      customer.Type
		in, want string
	}{
		{customer.Name, "北京某某科技有限公司", "北****司"},
		{customer.USCC, "91110000600037341L", "****341L"},
		{customer.Date, "2026-01-31", "20**-**-**"},
		{customer.Address, `{"region":"440305","line":"南海大道 1 号"}`, `{"region":"440305","line":"••••"}`},
		{customer.Choice, "closed", veil},
	}
	for _, c := range cases {
		f := customer.Field{Type: c.typ, Tier: customer.Top, Mask: "none"}
		if got := Mask(agent, f, customer.Content(c.in), false); got != (Masked{c.want, true}) {
			t.Errorf("%s: got %+v, want %q", c.typ, got, c.want)
		}
	}
}

func TestTheShippedCatalogueNeverShowsATopFieldWhole(t *testing.T) {
	for name, f := range customer.Shipped() {
		if f.Tier != customer.Top {
			continue
		}
		for _, c := range []customer.Content{"1990-05-02", "王小芳", "6222021234561234", `["a","b"]`, `{"region":"x","line":"y"}`, "open"} {
			if got := Mask(agent, f, c, false); got.Text == string(c) || !got.Hidden {
				t.Errorf("%s shows %q", name, got.Text)
			}
		}
	}
}

func TestARevealCountsOnlyForWhoMayReveal(t *testing.T) {
	staff := func(r access.Role) access.Actor {
		return access.Actor{ID: "s1", Sort: access.Staff, Roles: []access.Role{r}}
	}
	cases := map[string]struct {
		by   access.Actor
		open bool
	}{
		"agent":           {staff(access.Agent), true},
		"auditor":         {staff(access.Auditor), true},
		"operator":        {staff(access.Operator), false},
		"integrator":      {staff(access.Integrator), false},
		"no role":         {access.Actor{ID: "s1", Sort: access.Staff}, false},
		"program":         {access.Actor{ID: "crm", Sort: access.Client, Roles: []access.Role{access.App}}, false},
		"customer's link": {access.Actor{ID: "c1", Sort: access.Customer, Via: "link", Link: access.Link{Purpose: access.Status}}, false},
		"vouched for":     {access.Actor{ID: "c1", Sort: access.Customer, Via: "portal", Roles: []access.Role{access.Agent}}, false},
		"Amend itself":    {access.Amend(), false},
	}
	for name, c := range cases {
		for _, revealed := range []bool{false, true} {
			got := Mask(c.by, field("phone"), "+8613800138000", revealed)
			if want := revealed && c.open; (got.Text == "+8613800138000") != want || got.Hidden == want {
				t.Errorf("%s, revealed %v: got %+v", name, revealed, got)
			}
		}
	}
}

func TestNobodySeesNothing(t *testing.T) {
	for _, by := range []access.Actor{{}, {Sort: access.Staff}, {ID: "x"}, {ID: "x", Sort: "ghost"}} {
		if got := Mask(by, field("none"), "plain", true); got != (Masked{veil, true}) {
			t.Errorf("%+v: got %+v", by, got)
		}
	}
}

func TestAStructuredValueWithALineMaskIsVeiledWhole(t *testing.T) {
	for _, mask := range []string{"name", "tail4", "phone", "email", "address"} {
		f := customer.Field{Type: customer.List, Tier: customer.Normal, Mask: mask}
		if got := Mask(agent, f, `["chess","golf"]`, false); got.Text != veil {
			t.Errorf("%s: got %q", mask, got.Text)
		}
	}
}

// visible answers the letters and digits of a masked text.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func TestAMaskedNumberAlwaysHidesAtLeastFourDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[1-9][0-9]{0,17}`).Draw(t, "digits")
		national := digits[len(countryCode(digits)):]

		got := Mask(agent, field("phone"), customer.Content("+"+digits), false).Text
		shown := visible(got[strings.LastIndexByte(got, ' ')+1:])
		if allowed := max(len(national)-hiddenDigits, 0); len(strings.TrimPrefix(shown, "0")) > allowed {
			t.Fatalf("phone of %d national digits shows %q", len(national), got)
		}
		if !strings.Contains(got, stars) {
			t.Fatalf("no run of four hidden characters in %q", got)
		}

		got = Mask(agent, field("tail4"), customer.Content(digits), false).Text
		if n := len(visible(got)); n > 4 || n > max(len(digits)-hiddenDigits, 0) {
			t.Fatalf("tail of %d digits shows %q", len(digits), got)
		}
	})
}

func TestNoMaskEverAnswersTheOriginal(t *testing.T) {
	masks := []string{"phone", "email", "name", "address", "tail4", "date", "all", "", "other"}
	rapid.Check(t, func(t *rapid.T) {
		f := field(rapid.SampledFrom(masks).Draw(t, "mask"))
		s := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[*•a-z王𠮷👩‍ ]{1,6}`),
			rapid.StringMatching(`[a-z*]{1,5}@[a-z*]{1,4}\.[a-z]{2,3}`),
			rapid.StringMatching(`\{"region":"[a-z]{0,3}","line":"[a-z•]{0,4}"\}`),
		).Draw(t, "value")
		if s == "" || s == veil {
			return
		}
		got := Mask(agent, f, customer.Content(s), false)
		if got.Text == s || !got.Hidden || got.Text == "" {
			t.Fatalf("mask %q of %q is %+v", f.Mask, s, got)
		}
	})
}

func TestANameShowsAtMostTwoOfItsCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(
			rapid.StringMatching(`[\p{Han}·]{1,12}`),
			rapid.StringMatching(`[\p{L}\p{M}\p{So} ']{1,30}`),
			rapid.StringOf(rapid.SampledFrom([]rune("王𠮷㛃䶮👨\u200d👩🏽\u0301\u202e\u0000 A"))),
		).Draw(t, "name")
		got := Mask(agent, field("name"), customer.Content(name), false).Text
		if name == "" || got == veil {
			return
		}
		if n := len([]rune(visible(got))); n > 2 {
			t.Fatalf("%q shows %d characters: %q", name, n, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			t.Fatalf("%q carries a control character: %q", name, got)
		}
	})
}

func TestAMaskedAddressNeverShowsItsLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"line", "line2", "street", "postcode", "recipient", "unit"}).Draw(t, "part")
		secret := rapid.StringMatching(`Q[0-9]{6}Z`).Draw(t, "secret")
		got := Mask(agent, field("address"), customer.Content(`{"region":"深圳市","`+part+`":"`+secret+`"}`), false).Text
		if strings.Contains(got, secret) || !strings.Contains(got, "深圳市") {
			t.Fatalf("got %s", got)
		}
	})
}
