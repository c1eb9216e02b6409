package invent

import (
	"strconv"
	"strings"
)

// A DamageKind is what went wrong with a value on its way through other hands.
type DamageKind string

// The kinds of damage. Each makes a value that cannot be right.
const (
	ImpossibleDate DamageKind = "impossible_date" // 1985-02-30
	TruncatedPhone DamageKind = "truncated_phone" // digits are missing at the end
	RoundedPhone   DamageKind = "rounded_phone"   // 1.54E+10, as spreadsheets do
	MailWithoutAt  DamageKind = "mail_without_at" // chen.weimail.example
	MailWithSpace  DamageKind = "mail_with_space" // chen wei@mail.example
	WrongCheck     DamageKind = "wrong_check"     // the last digit of an identity number or credit code
	LostDigit      DamageKind = "lost_digit"      // of the same
	RoundedNumber  DamageKind = "rounded_number"  // 1.10105E+17
	UnknownChoice  DamageKind = "unknown_choice"  // a word that is none of the choices
	NameSymbol     DamageKind = "name_symbol"     // ★ in a name
	ShiftedColumn  DamageKind = "shifted_column"  // a number where the name belongs
	UnknownCountry DamageKind = "unknown_country" // UK, or two letters that mean nothing
	UnknownRegion  DamageKind = "unknown_region"  // a code of no area
	WrongPostcode  DamageKind = "wrong_postcode"  // a digit less, or a page of them
	NumberInWords  DamageKind = "number_in_words" // about twenty
)

// A damage spoils the value of one cell; "" means that it finds nothing to spoil.
type damage struct {
	at   int
	kind DamageKind
	do   func(cells []string, was string) string
}

var anyDamages = []damage{
	{atDate, ImpossibleDate, impossible}, {atPhone, TruncatedPhone, truncated}, {atPhone, RoundedPhone, rounded},
	{atEmail, MailWithoutAt, withoutAt}, {atEmail, MailWithSpace, withSpace},
	{atNumber, WrongCheck, wrongCheck}, {atNumber, LostDigit, lostDigit}, {atNumber, RoundedNumber, roundedNumber},
	{atLanguage, UnknownChoice, unknownChoice}, {atName, NameSymbol, nameSymbol}, {atName, ShiftedColumn, shifted},
	{atCountry, UnknownCountry, unknownCountry}, {atRegion, UnknownRegion, unknownRegion}, {atPostcode, WrongPostcode, wrongPostcode},
}

var personDamages = append([]damage{{atGender, UnknownChoice, unknownChoice}}, anyDamages...)

var organizationDamages = append([]damage{{atHeadcount, NumberInWords, inWords}}, anyDamages...)

func (person) damages() []damage { return personDamages }

func (organization) damages() []damage { return organizationDamages }

// damage spoils one value of a row, and answers where and how. Every row has a name, which
// can always be spoilt.
func (m Mix) damage(cells []string, row int, all []damage) (int, DamageKind) {
	d := roll(m.Seed, row, streamDamage)
	for {
		x := &all[d.below(len(all))]
		if cells[x.at] == "" {
			continue
		}
		if spoilt := x.do(cells, cells[x.at]); spoilt != "" {
			cells[x.at] = spoilt
			return x.at, x.kind
		}
	}
}

func impossible(_ []string, was string) string { return was[:4] + "-02-30" }

// truncated leaves too few digits for any plan of numbers.
func truncated(cells []string, was string) string {
	if cells[atCountry] == "CN" {
		return was[:len(was)-3]
	}
	return was[:len("+4420")]
}

func rounded(_ []string, was string) string {
	digits := strings.TrimLeft(onlyDigits(was), "0")
	return digits[:1] + "." + digits[1:3] + "E+" + strconv.Itoa(len(digits)-1)
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func withoutAt(_ []string, was string) string { return strings.Replace(was, "@", "", 1) }

func withSpace(_ []string, was string) string { return strings.Replace(was, "@", " @", 1) }

// wrongCheck takes the next digit for the last: no two give the same remainder.
func wrongCheck(_ []string, was string) string {
	last := was[len(was)-1]
	wrong := byte('0')
	if last >= '0' && last <= '8' {
		wrong = last + 1
	}
	return was[:len(was)-1] + string(wrong)
}

func lostDigit(_ []string, was string) string { return was[:9] + was[10:] }

func roundedNumber(_ []string, was string) string { return was[:1] + "." + was[1:6] + "E+17" }

func unknownChoice([]string, string) string { return "n/a" }

func nameSymbol(_ []string, was string) string { return was + "★" }

func shifted(cells []string, _ string) string {
	phone := cells[atPhone]
	if strings.Trim(phone, "0123456789") != "" {
		return ""
	}
	return phone
}

func unknownCountry(_ []string, was string) string {
	if was == "GB" {
		return "UK"
	}
	return "XX"
}

func unknownRegion(cells []string, was string) string {
	if cells[atCountry] != "CN" {
		return ""
	}
	return was[:2] + "9999"
}

func wrongPostcode(cells []string, was string) string {
	if cells[atCountry] == "CN" {
		return was[1:]
	}
	return was + was + was
}

func inWords([]string, string) string { return "about twenty" }
