package quality

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"amend/customer"
	"amend/fault"
)

// TestEveryFaultCarriesTheNumbersOfItsSentence lists every fault of a single value with
// an input that earns it. The sentences are made from these parameters and no others.
func TestEveryFaultCarriesTheNumbersOfItsSentence(t *testing.T) {
	for _, c := range []struct {
		typ    customer.Type
		text   string
		code   string
		params string // names and numbers, sorted
	}{
		{customer.Text, "a\x00", "text_control", "at=2"},
		{customer.Text, "a\u202e", "text_direction", "at=2"},
		{customer.Text, "a\ue000", "text_private", "at=2"},
		{customer.Text, "\xff", "text_damaged", ""},
		{customer.Text, "e\u0316\u0317\u0318\u0319\u031c", "text_marks", "max=4"},
		{customer.Text, strings.Repeat("a", 501), "text_length", "got=501 max=500"},
		{customer.Name, strings.Repeat("a", 101), "name_length", "got=101 max=100"},
		{customer.Name, "=", "name_symbol", ""},
		{customer.Name, "1", "name_letter", ""},
		{customer.Phone, "1380013800", "phone_length", "got=10 want=11"},
		{customer.Phone, "12800138000", "phone_prefix", ""},
		{customer.Phone, "1.38E+10", "phone_damaged", ""},
		{customer.Phone, "13800138000#1", "phone_extension", ""},
		{customer.Phone, "13800138000,13800138001", "phone_several", ""},
		{customer.Phone, "a", "phone_character", ""},
		{customer.Phone, "61234567", "phone_area_code", ""},
		{customer.Phone, "110", "phone_service", ""},
		{customer.Phone, "14800000000", "phone_machine", ""},
		{customer.Phone, "+19005550100", "phone_premium", ""},
		{customer.Phone, "+1202", "phone_invalid", ""},
		{customer.Email, "a", "email_form", ""},
		{customer.Email, "a@x.test b", "email_space", ""},
		{customer.Email, "a@x.test,b@x.test", "email_several", ""},
		{customer.Email, `"a"@x.test`, "email_quoted", ""},
		{customer.Email, strings.Repeat("a", 65) + "@x.test", "email_local_length", "got=65 max=64"},
		{customer.Email, "张@x.test", "email_local_character", ""},
		{customer.Email, "a..b@x.test", "email_local_dot", ""},
		{customer.Email, "a@[::1]", "email_literal", ""},
		{customer.Email, "a@localhost", "email_domain_dot", ""},
		{customer.Email, "a@x.test.", "email_domain_empty", ""},
		{customer.Email, "a@x_y.test", "email_domain_character", ""},
		{customer.Email, "a@pаypal.test", "email_domain_script", ""},
		{customer.Email, "a@" + strings.Repeat("b", 64) + ".test", "email_label_length", "got=64 max=63"},
		{customer.Email, "a@" + strings.Repeat("b.", 125) + "test", "email_domain_length", "got=254 max=253"},
		{customer.Email, strings.Repeat("a", 60) + "@" + strings.Repeat("b.", 96) + "test", "email_length", "got=257 max=254"},
		{customer.Messenger, "a", "messenger_form", ""},
		{customer.Messenger, "qq:a", "messenger_id", "service=qq"},
		{customer.ResidentID, "1", "resident_id_length", "got=1 want=18"},
		{customer.ResidentID, "110105491231002", "resident_id_first_generation", ""},
		{customer.ResidentID, "a", "resident_id_character", ""},
		{customer.ResidentID, "999999199001010016", "resident_id_region", ""},
		{customer.ResidentID, "110101202513010013", "resident_id_birth", ""},
		{customer.ResidentID, "110105194912310021", "resident_id_check", ""},
		{customer.ResidentID, "1.1E+17", "resident_id_damaged", ""},
		{customer.Passport, "E1", "passport_length", "got=2 max=9 min=6"},
		{customer.Passport, "护照", "passport_character", ""},
		{customer.Passport, "ABCDEF", "passport_digit", ""},
		{customer.Passport, "1.2E+08", "passport_damaged", ""},
		{customer.USCC, "9", "uscc_length", "got=1 want=18"},
		{customer.USCC, "I", "uscc_character", ""},
		{customer.USCC, "91A10000802100433B", "uscc_region", ""},
		{customer.USCC, "91110000802100433C", "uscc_check", ""},
		{customer.BankCard, "4", "bank_card_length", "got=1 max=19 min=12"},
		{customer.BankCard, "a", "bank_card_character", ""},
		{customer.BankCard, "4111111111111112", "bank_card_check", ""},
		{customer.BankCard, "4.1E+15", "bank_card_damaged", ""},
		{customer.CNAPS, "1", "cnaps_length", "got=1 want=12"},
		{customer.CNAPS, "a", "cnaps_character", ""},
		{customer.CNAPS, "000000000000", "cnaps_bank", ""},
		{customer.CNAPS, "3.1E+11", "cnaps_damaged", ""},
		{customer.Date, "31/1/1990", "date_form", ""},
		{customer.Date, "1990-02-30", "date_calendar", ""},
		{customer.Date, "1800-01-01", "date_range", "from=1880 to=2125"},
		{customer.Number, "a", "number_form", ""},
		{customer.Number, "0.123456789", "number_length", "part=8 whole=18"},
		{customer.Money, "1", "money_currency", ""},
		{customer.Money, "1.5 JPY", "money_decimals", "max=0"},
		{customer.Flag, "2", "flag_unknown", ""},
		{customer.Choice, "a", "choice_unknown", "choices="},
		{customer.List, "[1]", "list_form", ""},
		{customer.Reference, "a", "reference_form", "want=20"},
		{customer.Address, "a", "address_unclear", ""},
	} {
		_, err := today.NormaliseText(of(c.typ), c.text)
		if err == nil || err.Code != c.code || params(err) != c.params || err.Kind != fault.Invalid || err.Field != "" {
			t.Errorf("%s %.30q: got %v {%s}, want %s {%s}", c.typ, c.text, err, params(err), c.code, c.params)
		}
	}
}

func params(err *fault.Error) string {
	if err == nil {
		return ""
	}
	var said []string
	for _, name := range slices.Sorted(maps.Keys(err.Params)) {
		said = append(said, name+"="+err.Params[name])
	}
	return strings.Join(said, " ")
}

func TestUnknownMembersAreNotRepeatedInTheFault(t *testing.T) {
	_, err := today.NormaliseText(of(customer.Address), `{"secret":"1"}`)
	if err == nil || err.Kind != fault.Malformed || params(err) != "known=country, region, line, postcode, recipient" {
		t.Fatalf("got %v {%s}", err, params(err))
	}
}

func TestHugeValuesAreRefusedByEveryTypeThatHasALimit(t *testing.T) {
	for _, unit := range []string{"1", "a", "例", "a@", "1,", "{", "[", "·", "e\u0301", " "} {
		huge := "x" + strings.Repeat(unit, 30000/len(unit))
		for _, typ := range everyType {
			if typ == customer.List {
				continue // many short words are a list, and the set of them may be small
			}
			if c, err := today.NormaliseText(of(typ), huge); err == nil && len(c) > 4*maxText {
				t.Errorf("%s: %d bytes of %q were accepted", typ, len(c), unit)
			}
		}
	}
}
