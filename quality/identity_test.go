package quality

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/customer"
)

func TestResidentIDsOfForeignPermanentResidentsBeginWithNine(t *testing.T) {
	table(t, of(customer.ResidentID), [][2]string{
		{"911124198108030024", "911124198108030024"}, // Beijing, nationality 124
		{"911124198108030025", "!resident_id_check"},
		{"990124198108030024", "!resident_id_region"},
	}...)
}

func TestResidentIDFaultsNameTheRule(t *testing.T) {
	table(t, of(customer.ResidentID), [][2]string{
		{"110105 19491231 002X", "11010519491231002X"},
		{"1101051949123100", "!resident_id_length"},
		{"110105194912310020X", "!resident_id_length"},
		{"1101051949X2310020", "!resident_id_character"},
		{"-", "!resident_id_character"},
		{"1.10105E+17", "!resident_id_damaged"},
		{"810101199001010019", "!resident_id_region"},
		{"110101187001010010", "!resident_id_birth"},
		{"110101202506020010", "!resident_id_birth"}, // tomorrow
	}...)
}

func TestResidentIDBornTodayIsAcceptedAndWithoutTodayNobodyIsBorn(t *testing.T) {
	body := "11010120250601001"
	id := body + string(mod11(body))
	table(t, of(customer.ResidentID), [2]string{id, id})
	if _, err := (Checker{}).NormaliseText(of(customer.ResidentID), id); err == nil {
		t.Fatal("a checker without a day accepted a birth date")
	}
}

// replaced draws s with one digit changed, or two different neighbours swapped.
func replaced(t *rapid.T, s string) string {
	i := rapid.IntRange(0, len(s)-2).Draw(t, "at")
	b := []byte(s)
	if b[i] != b[i+1] && rapid.Bool().Draw(t, "swap") {
		b[i], b[i+1] = b[i+1], b[i]
		return string(b)
	}
	b[i] = byte('0' + (int(b[i]-'0')+rapid.IntRange(1, 9).Draw(t, "by"))%10)
	return string(b)
}

func TestOneWrongOrSwappedDigitOfAResidentIDIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		born := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 25000).Draw(t, "day"))
		body := "310115" + born.Format("20060102") + rapid.StringMatching(`[0-9]{3}`).Draw(t, "sequence")
		id := body + string(mod11(body))
		if got := verdict(of(customer.ResidentID), id); got != id {
			t.Fatalf("got %s", got)
		}
		if wrong := replaced(t, id); verdict(of(customer.ResidentID), wrong)[0] != '!' {
			t.Fatalf("%s instead of %s was not noticed", wrong, id)
		}
	})
}

func TestCreditCodesHaveTheCheckOfTheirStandard(t *testing.T) {
	table(t, of(customer.USCC), [][2]string{
		{"91110000802100433B", "91110000802100433B"},
		{"9111 0000 8021 0043 3b", "91110000802100433B"},
		{"91350100M000100Y43", "91350100M000100Y43"},
		{"91110000802100433C", "!uscc_check"},
		{"91110000802100433", "!uscc_length"},
		{"9111000080210043O3", "!uscc_character"},
		{"91A10000802100433B", "!uscc_region"},
	}...)
}

func TestOneWrongDigitOfACreditCodeIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := "91310115" + rapid.StringMatching(`[0-9A-HJ-NPQRTUWXY]{9}`).Draw(t, "organization")
		id := body + string(usccCheck(body))
		if got := verdict(of(customer.USCC), id); got != id {
			t.Fatalf("got %s for %s", got, id)
		}
		b := []byte(id)
		i := rapid.IntRange(0, 17).Draw(t, "at")
		b[i] = usccAlphabet[(strings.IndexByte(usccAlphabet, b[i])+rapid.IntRange(1, 30).Draw(t, "by"))%31]
		if verdict(of(customer.USCC), string(b))[0] != '!' {
			t.Fatalf("%s instead of %s was not noticed", b, id)
		}
	})
}

func TestPassportsAreSixToNineLettersAndDigits(t *testing.T) {
	table(t, of(customer.Passport), [][2]string{
		{"e12345678", "E12345678"},
		{"EA1234567", "EA1234567"},
		{"G 1234 5678", "G12345678"},
		{"ｋ０１２３４５６７", "K01234567"},
		{"123456", "123456"},
		{"12345", "!passport_length"},
		{"E123456789", "!passport_length"},
		{"PASSPORT", "!passport_digit"},
		{"E1234567é", "!passport_character"},
		{"1.2E+08", "!passport_damaged"},
	}...)
}

func TestCardsSatisfyLuhnAndKeepNoSpaces(t *testing.T) {
	table(t, of(customer.BankCard), [][2]string{
		{"4111 1111 1111 1111", "4111111111111111"},
		{"6222-0212-3456-7890-128", "6222021234567890128"},
		{"4111111111111112", "!bank_card_check"},
		{"000000000000", "!bank_card_check"},
		{"41111111111", "!bank_card_length"},
		{"41111111111111111111", "!bank_card_length"},
		{"4111a11111111111", "!bank_card_character"},
		{"6.22202E+18", "!bank_card_damaged"},
	}...)
}

func TestOneWrongDigitOfACardIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[1-9][0-9]{14}`).Draw(t, "number")
		var card string
		for d := byte('0'); d <= '9'; d++ {
			if luhn(body + string(d)) {
				card = body + string(d)
			}
		}
		b := []byte(card)
		i := rapid.IntRange(0, 15).Draw(t, "at")
		b[i] = byte('0' + (int(b[i]-'0')+rapid.IntRange(1, 9).Draw(t, "by"))%10)
		if verdict(of(customer.BankCard), card) != card || verdict(of(customer.BankCard), string(b)) == string(b) {
			t.Fatalf("%s instead of %s was not noticed", b, card)
		}
	})
}

func TestBranchCodesAreTwelveDigits(t *testing.T) {
	table(t, of(customer.CNAPS), [][2]string{
		{"313 651 027 012", "313651027012"},
		{"31365102701", "!cnaps_length"},
		{"000651027012", "!cnaps_bank"},
		{"31365102701A", "!cnaps_character"},
		{"3.13651E+11", "!cnaps_damaged"},
	}...)
}
