package quality

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"amend/customer"
)

func ExampleChecker_Normalise() {
	phone := customer.Shipped()["phone"]
	c, err := today.Normalise(phone, json.RawMessage(`"138 0013 8000"`))
	fmt.Println(c, err == nil)
	_, err = today.Normalise(phone, json.RawMessage(`"138 0013 800"`))
	fmt.Println(err.On("phone/work"), err.Params["got"], err.Params["want"])
	// Output:
	// +8613800138000 true
	// phone_length field=phone/work 10 11
}

func ExampleRegionPath() {
	path, _ := RegionPath("310115")
	for _, r := range path {
		fmt.Println(r.Code, r.Name)
	}
	// Output:
	// 31 上海市
	// 3101 市辖区
	// 310115 浦东新区
}

func TestAPersonOfAnotherCountryFitsTheShippedFields(t *testing.T) {
	fields := customer.Shipped()
	for _, c := range []struct{ field, text, want string }{
		{"external_id", " rec-1496-org", "rec-1496-org"},
		{"legal_name", " mitchell green", "mitchell green"},
		{"birthday", " 19560409", "1956-04-09"},
		{"national_id", " 0804974", "0804974"},
		{"address", `{"country":"AU","region":" sa","line":" 7 wallaby place, delmar, cleveland","postcode":" 0800"}`,
			`{"country":"AU","region":"sa","line":"7 wallaby place, delmar, cleveland","postcode":"0800"}`},
	} {
		if got := verdict(fields[c.field], c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.field, got, c.want)
		}
	}
}

func TestSeparatorsNeverChangeAMobileNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`13[0-9]{9}`).Draw(t, "number")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "+86", "0086 ", "86", "＋86 ", "tel:+86", "'", "0"}).Draw(t, "before"))
		for _, d := range number {
			b.WriteRune(d)
			b.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "-", "\u200b", "　", "–", "."}).Draw(t, "between"))
		}
		if got := verdict(of(customer.Phone), b.String()); got != "+86"+number {
			t.Fatalf("%+q: got %s", b.String(), got)
		}
	})
}

func TestTheCaseOfAMailAddressNeverMakesAnotherOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mail := rapid.StringMatching(`[a-z0-9+_]{1,20}(\.[a-z0-9]{1,10})?@[a-z0-9]{1,20}\.[a-z]{2,10}`).Draw(t, "mail")
		if strings.Contains(mail, "xn--") {
			return
		}
		if lower, upper := verdict(of(customer.Email), mail), verdict(of(customer.Email), strings.ToUpper(mail)); lower != mail || upper != mail {
			t.Fatalf("%s: got %s and %s", mail, lower, upper)
		}
	})
}

func TestAnAmountKeepsItsValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(0, 1e15).Draw(t, "cents")
		want := fmt.Sprintf("%d.%02d CNY", cents/100, cents%100)
		for _, form := range []string{"%s%d.%02d CNY", "%sCNY%d.%02d", "%s¥ %d.%02d", "%s00%d.%02d元"} {
			s := fmt.Sprintf(form, "", cents/100, cents%100)
			if got := verdict(of(customer.Money), s); got != want {
				t.Fatalf("%s: got %s, want %s", s, got, want)
			}
		}
	})
}

func TestTheOrderOfAListDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,8}`), 1, 20, rapid.ID).Draw(t, "words")
		mixed := rapid.Permutation(words).Draw(t, "mixed")
		a, b := verdict(of(customer.List), strings.Join(words, ",")), verdict(of(customer.List), compact(mixed))
		if a != b {
			t.Fatalf("%v and %v: %s and %s", words, mixed, a, b)
		}
	})
}

func TestEveryAreaOfChinaTakesAnAddressWrittenOut(t *testing.T) {
	for _, province := range Provinces() {
		if !digits(province.Code) {
			continue
		}
		for _, city := range Children(province.Code) {
			for _, area := range Children(city.Code) {
				written := Postal{Country: "CN", Region: area.Code, Line: "1号"}.String()
				c, err := today.NormaliseText(of(customer.Address), written)
				got, _ := ReadPostal(c)
				if err != nil || got.Region != area.Code {
					t.Errorf("%s %s: got %q, %v", area.Code, written, c, err)
				}
			}
		}
	}
}
