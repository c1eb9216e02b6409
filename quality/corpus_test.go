package quality

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amend/customer"
)

// load reads one file of bad inputs.
func load(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func TestEveryResidentIDOfTheCorpusHasItsOutcome(t *testing.T) {
	want := []string{
		"11010519491231002X",            // published example
		"110101190001010014",            // born in 1900: old, not impossible
		"110101200002290018",            // a leap day
		"!resident_id_birth",            // 1999 had none
		"!resident_id_birth",            // month 13
		"!resident_id_region",           // 99 is no province
		"810000199001010019",            // residence permit of Hong Kong
		"830000199001010012",            // and of Taiwan
		"110101202401010000",            // an infant is a customer too
		"!resident_id_check",            // bad check digit
		"11010519491231002X",            // lower-case x
		"11010519491231002X",            // full width
		"!resident_id_first_generation", // 15 digits
		"!resident_id_character",        // Cyrillic Х
	}
	var lines []struct{ In, Note string }
	load(t, "cn-resident-id.json", &lines)
	if len(lines) != len(want) {
		t.Fatalf("%d lines, %d outcomes", len(lines), len(want))
	}
	for i, l := range lines {
		if got := verdict(of(customer.ResidentID), l.In); got != want[i] {
			t.Errorf("%s: got %q, want %q", l.Note, got, want[i])
		}
	}
}

func TestEveryPhoneOfTheCorpusHasItsOutcome(t *testing.T) {
	want := []string{
		"+8613800138000", "+8613800138000", "+8613800138000", "+8613800138000",
		"+8613800138000",   // the zero-width space goes
		"!phone_character", // Arabic-Indic digits: refused, downstream systems cannot dial them
		"!phone_prefix",
		"+8619900000000",
		"!phone_machine", // internet of things
		"+8616500000000", // a virtual operator's customer is a customer; LineOf tells risk rules
		"+8617000000000", // the same
		"+861012345678",  // a landline; LineOf says that no text message reaches it
		"!phone_service", // 400 line
		"!phone_service", // short code
		"!phone_service", // emergency
		"+85261234567",   // Hong Kong
		"+85366123456",   // Macao
		"+886912345678",  // Taiwan
		"!phone_premium", // premium rate
		"!phone_premium", // personal number
		"+252612345678",  // well formed; whether to text there is the gateway's policy
		"!phone_extension",
		"+8613800138000", // tel URI
		"!phone_length",
		"!phone_length",
		"!phone_several",
		"+8613800138000", // apostrophe of a spreadsheet
		"!phone_damaged",
		"+8613800138000", // line break at the end
	}
	var lines []struct{ In, Note string }
	load(t, "phones-cn.json", &lines)
	if len(lines) != len(want) {
		t.Fatalf("%d lines, %d outcomes", len(lines), len(want))
	}
	for i, l := range lines {
		if got := verdict(of(customer.Phone), l.In); got != want[i] {
			t.Errorf("%s: got %q, want %q", l.Note, got, want[i])
		}
	}
}

func TestEveryNameOfTheCorpusHasItsOutcome(t *testing.T) {
	want := []string{
		"张三", "𠮷野家", "䶮", "㛃", "\U0002CC56",
		"\uFA11", // a character of its own in the compatibility block: NFC leaves it
		"阿卜杜拉·买买提", "阿卜杜拉·买买提", "阿卜杜拉·买买提",
		"欧阳娜娜", "张", "Zhang San", "ZHANG/SAN", "O'Brien", "Müller", "Müller", "Null", "true", "NaN",
		"张三", "张三", // spaces that align columns
		"!text_direction",
		"张三", // a joiner does nothing between Han
		"!text_control",
		"!name_symbol", // emoji
		"!text_marks",
		"!text_damaged", // a lone surrogate
	}
	var lines []struct {
		Name json.RawMessage
		Note string
	}
	load(t, "names.json", &lines)
	if len(lines) != len(want) {
		t.Fatalf("%d lines, %d outcomes", len(lines), len(want))
	}
	for i, l := range lines {
		if got := say(today.Normalise(of(customer.Name), l.Name)); got != want[i] {
			t.Errorf("%s: got %+q, want %+q", l.Note, got, want[i])
		}
	}
}

func TestEveryMailAddressOfTheCorpusHasItsOutcome(t *testing.T) {
	want := []string{
		"!text_control", "!text_control", // a line break inside
		"!email_form",   // percent-encoded: a second @
		"!text_control", // a line separator
		"!email_several", "!email_several", "!email_several",
		"!text_control", "!text_control",
		"!email_form", // an encoded word
		"!text_control", "!text_control",
		"!email_space",
		"!email_literal",
		"!email_domain_dot",
		"a+tag@x.test",
		"a@x.test", // lower-case throughout
		"a@xn--fsq.test",
		"!email_local_character", // a local part outside ASCII
		"!email_domain_empty",    // a final dot
		"!email_form",
		"!email_quoted",
		"!email_label_length",
		"!email_local_length",
		"!email_local_character", // Cyrillic а
		"!email_domain_script",   // Cyrillic а among Latin
	}
	var lines []string
	load(t, "email-header-injection.json", &lines)
	if len(lines) != len(want) {
		t.Fatalf("%d lines, %d outcomes", len(lines), len(want))
	}
	for i, l := range lines {
		if got := verdict(of(customer.Email), l); got != want[i] {
			t.Errorf("%d %+q: got %q, want %q", i, l, got, want[i])
		}
	}
}

func TestFormulasAreLegitimateTextAndOnlyTheirControlsAreNot(t *testing.T) {
	var lines []string
	load(t, "formula-injection.json", &lines)
	refused := 0
	for _, l := range lines {
		inner := strings.Trim(l, "\t\r\n")
		if strings.ContainsAny(inner, "\x00\t\n") {
			refused++
			if got := verdict(of(customer.Text), l); got != "!text_control" {
				t.Errorf("%+q: got %q", l, got)
			}
			continue
		}
		want := strings.Trim(inner, "\u00a0\u3000 \ufeff\u200b")
		if got := verdict(of(customer.Text), l); got != want {
			t.Errorf("%+q: got %+q, want %+q", l, got, want)
		}
	}
	if refused != 4 {
		t.Errorf("%d lines with controls, want 4", refused)
	}
}

func TestNaughtyStringsAreTextUnlessARuleNamesThem(t *testing.T) {
	refused := map[int]string{
		93: "text_control", 94: "text_control", 95: "text_control", // control characters
		96:  "text_control", // format characters
		98:  "text_private", // a noncharacter
		104: "text_private", // private use
		113: "text_marks",   // piled marks
		175: "text_control", // paragraph separator
		171: "text_direction", 172: "text_direction", 173: "text_direction", 174: "text_direction", 176: "text_direction", 177: "text_direction",
		178: "text_marks", 179: "text_marks", 180: "text_marks", 181: "text_marks", 182: "text_marks",
		506: "text_control", 507: "text_control", 508: "text_control", // terminal controls
	}
	var lines []string
	load(t, "blns.json", &lines)
	for i, l := range lines {
		got, err := today.NormaliseText(of(customer.Text), l)
		code := ""
		if err != nil {
			code = err.Code
		}
		if code != refused[i] {
			t.Errorf("%d %.60q: got %q %q, want %q", i, l, got, code, refused[i])
		}
	}
}

func TestNoFaultRepeatsTheValueItRefuses(t *testing.T) {
	var lines []string
	load(t, "blns.json", &lines)
	for _, l := range lines {
		l = "SECRET" + l
		for _, typ := range everyType {
			_, err := today.NormaliseText(of(typ), l)
			if err == nil {
				continue
			}
			for _, p := range err.Params {
				if strings.Contains(p, "SECRET") || strings.Contains(err.Error(), "SECRET") {
					t.Fatalf("%s: %v %v", typ, err, err.Params)
				}
			}
		}
	}
}
