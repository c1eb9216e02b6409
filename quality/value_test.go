package quality

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/customer"
)

func TestDatesAreReadYearFirst(t *testing.T) {
	table(t, of(customer.Date), [][2]string{
		{"1990-01-31", "1990-01-31"},
		{"19900131", "1990-01-31"},
		{"1990-1-31", "1990-01-31"},
		{"1990/01/31", "1990-01-31"},
		{"1990.1.31", "1990-01-31"},
		{"1990年1月31日", "1990-01-31"},
		{"１９９０年１月３１日", "1990-01-31"},
		{"2024-02-29", "2024-02-29"},
		{"2030-01-01", "2030-01-01"},
		{"2023-02-29", "!date_calendar"},
		{"2024-02-30", "!date_calendar"},
		{"2024-13-01", "!date_calendar"},
		{"1879-12-31", "!date_range"},
		{"2126-01-01", "!date_range"},
		{"31/01/1990", "!date_form"},
		{"90-01-31", "!date_form"},
		{"1990-01", "!date_form"},
		{"32904", "!date_form"},
		{"1990-01-31T00:00:00Z", "!date_form"},
		{"MARCH1", "!date_form"},
	}...)
}

func TestDatesOfIdentityLieInThePast(t *testing.T) {
	birthday := customer.Shipped()["birthday"]
	table(t, birthday, [][2]string{
		{"2025-06-01", "2025-06-01"},
		{"2025-06-02", "!date_future"},
		{"19081209", "1908-12-09"},
	}...)
}

func TestEveryDayOfTwoCenturiesIsItsOwnContent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Date(1880, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 80000).Draw(t, "day"))
		for _, form := range []string{"20060102", "2006-1-2", "2006/01/02", "2006年1月2日"} {
			if got := verdict(of(customer.Date), d.Format(form)); got != d.Format(time.DateOnly) {
				t.Fatalf("%s: got %s", d.Format(form), got)
			}
		}
	})
}

func TestNumbersKeepEveryDigitAndNoSuperfluousZero(t *testing.T) {
	table(t, of(customer.Number), [][2]string{
		{"0012.500", "12.5"},
		{"-0.0", "0"},
		{"+5", "5"},
		{"1,234,567.8", "1234567.8"},
		{"１２", "12"},
		{"999999999999999999", "999999999999999999"},
		{"1234567890123456789", "!number_length"},
		{"0.123456789", "!number_length"},
		{"1,23", "!number_form"},
		{",123", "!number_form"},
		{"1.", "!number_form"},
		{".5", "!number_form"},
		{"--1", "!number_form"},
		{"1E2", "!number_form"},
		{"0x1F", "!number_form"},
		{"NaN", "!number_form"},
		{"1 000", "!number_form"},
		{"٣", "!number_form"},
	}...)
}

func TestMoneyHasItsCurrencyAndAsManyDecimals(t *testing.T) {
	table(t, of(customer.Money), [][2]string{
		{"12.5 CNY", "12.50 CNY"},
		{"cny 1,234", "1234.00 CNY"},
		{"￥12.50", "12.50 CNY"},
		{"12.5元", "12.50 CNY"},
		{"人民币12元", "12.00 CNY"},
		{"100 JPY", "100 JPY"},
		{"1.234 KWD", "1.234 KWD"},
		{"-3 USD", "-3.00 USD"},
		{"100.5 JPY", "!money_decimals"},
		{"12.505 CNY", "!money_decimals"},
		{"12", "!money_currency"},
		{"$12", "!money_currency"},
		{"12 QQQ", "!money_currency"},
		{"12 XXX", "!money_currency"},
		{"CNY", "!money_currency"},
		{"CNY 12 USD", "!money_currency"},
		{"12 50 CNY", "!number_form"},
	}...)
}

func TestFlagsAreReadInBothLanguages(t *testing.T) {
	table(t, of(customer.Flag), [][2]string{
		{"是", "true"}, {"YES", "true"}, {"1", "true"}, {"True", "true"},
		{"否", "false"}, {"no", "false"}, {"0", "false"},
		{"perhaps", "!flag_unknown"},
	}...)
}

func TestChoicesAreOneOfTheField(t *testing.T) {
	f := customer.Shipped()["language"]
	table(t, f, [][2]string{{"zh-hans", "zh-Hans"}, {"EN", "en"}, {"tlh", "!choice_unknown"}}...)
	_, err := today.NormaliseText(f, "tlh")
	if !strings.Contains(err.Params["choices"], "zh-Hans, zh-Hant") {
		t.Errorf("the fault does not say what may be chosen: %v", err.Params)
	}
}

func TestListsAreSets(t *testing.T) {
	table(t, of(customer.List), [][2]string{
		{"茶、书，茶;  ,", `["书","茶"]`},
		{`["b", "a\u0301", "b"]`, `["b","á"]`},
		{"[\n\t\"a\"\n]", `["a"]`},
		{`["a,b"]`, `["a,b"]`},
		{`[]`, ""},
		{`["", null]`, ""},
		{`["a"`, "!list_form"},
		{`[["a"]]`, "!list_form"},
		{`["a\u0000"]`, "!text_control"},
		{strings.Repeat("长", maxItem+1), "!text_length"},
	}...)
	var many []string
	for i := range maxItems + 1 {
		many = append(many, "x"+strings.Repeat("y", i%90)+string(rune('a'+i/90)))
	}
	table(t, of(customer.List), [2]string{strings.Join(many, ","), "!list_length"})
}

func TestReferencesAreRecordIDs(t *testing.T) {
	table(t, of(customer.Reference), [][2]string{
		{"0123456789abcdefghij", "0123456789abcdefghij"},
		{"0123456789abcdefghi", "!reference_form"},
		{"0123456789abcdefghiz", "!reference_form"},
	}...)
}
