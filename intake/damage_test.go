package intake

import (
	"slices"
	"strings"
	"testing"

	"amend/customer"
)

func TestDamageOfASpreadsheetIsNamedByItsSort(t *testing.T) {
	for s, want := range map[string]string{
		"1E+10": "number_damaged", "1.38e+10": "number_damaged", "1.38001E+10": "number_damaged", "1.10105E+17": "number_damaged",
		"10E+10": "", "E+10": "", "1E+": "", "1e10": "", "A+B": "", "C-E+5": "", "1.2.3E+5": "",
		"#N/A": "formula_error", "#REF!": "formula_error", "#DIV/0!": "formula_error", "#1": "", "N/A": "",
		"###": "cell_hidden", "########": "cell_hidden", "##": "", "#a#": "", "": "", "13800138000": "",
	} {
		got := ""
		if wrong := damage(s); wrong != nil {
			got = wrong.Code
		}
		if got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestIdentityNumbersThatLostTheirLastDigitsAreRefused(t *testing.T) {
	b := bind(t, Mapping{Kind: customer.Person, Values: []Target{
		{Key: "resident_id", Source: Source{From: []string{"id"}}},
		{Key: "bank_account_no", Source: Source{From: []string{"account"}}},
	}}, "id", "account")
	for i, c := range []struct{ id, account, faults string }{
		{"110105194912310000", "6222021234567890123", "number_rounded"},
		{"11010519491231002X", "6222021234567890000", ""},           // text, and an account that really ends so
		{"110101199003070000", "622202123456789", "number_rounded"}, // an X says nothing about the others
		{"110101199003071234", "", ""},
		{"110101199003074000", "", ""}, // behind a number with its last digits, a true one
	} {
		_, faults := b.Apply(Row{i + 2, []string{c.id, c.account}})
		var codes []string
		for _, f := range faults {
			codes = append(codes, f.Column+" "+f.Err.Code)
		}
		want := []string(nil)
		if c.faults != "" {
			want = []string{"id " + c.faults}
		}
		if !slices.Equal(codes, want) {
			t.Errorf("row %d: %q, want %q", i+2, codes, want)
		}
	}
}

func TestDamageIsSaidOfEachCellAndKeepsTheRestOfItsCustomer(t *testing.T) {
	header := []string{"姓名", "手机", "出生日期", "单位"}
	m, _ := GuessMapping(header, customer.Shipped())
	got, faults := bind(t, m, header...).Apply(Row{7, []string{"王小芳", "1.38E+10", "12-Jan", "#REF!"}})
	var codes []string
	for _, f := range faults {
		codes = append(codes, f.Column+" "+f.Err.Code)
	}
	if strings.Join(codes, ", ") != "出生日期 date_part_lost, 单位 formula_error, 手机 number_damaged" || !slices.Equal(text(got), []string{"legal_name=王小芳"}) {
		t.Fatalf("proposed %q, faults %q", text(got), codes)
	}
}
