package quality

import (
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"amend/customer"
)

func TestPhoneSpellingsOfOneNumberAreOneContent(t *testing.T) {
	table(t, of(customer.Phone), [][2]string{
		{"138-0013-8000", "+8613800138000"},
		{"138.0013.8000", "+8613800138000"},
		{"(138) 0013 8000", "+8613800138000"},
		{"8613800138000", "+8613800138000"},
		{"+86 (0)138 0013 8000", "+8613800138000"},
		{"013800138000", "+8613800138000"},
		{"＋８６－１３８００１３８０００", "+8613800138000"},
		{"（010）12345678", "+861012345678"},
		{"+86-010-12345678", "+861012345678"},
		{"+861012345678", "+861012345678"},
		{"0571-87654321", "+8657187654321"},
		{"57187654321", "+8657187654321"}, // its 0 lost in a spreadsheet: it is no part of the number
		{"1012345678", "+861012345678"},
		{"+44 (0)20 7946 0018", "+442079460018"},
		{"0044 20 7946 0018", "+442079460018"},
		{"+1 (202) 555-0123", "+12025550123"},
	}...)
}

func TestPhoneFaultsNameTheRule(t *testing.T) {
	table(t, of(customer.Phone), [][2]string{
		{"87654321", "!phone_area_code"},
		{"010-12345678转801", "!phone_extension"},
		{"010-12345678 分机 801", "!phone_extension"},
		{"+12025550123x5", "!phone_extension"},
		{"13800138000/13900139000", "!phone_several"},
		{"13800138000、13900139000", "!phone_several"},
		{"+8613800138000+8613900139000", "!phone_several"},
		{"86+13800138000", "!phone_character"},
		{"电话", "!phone_character"},
		{"-", "!phone_character"},
		{"+", "!phone_character"},
		{"+86", "!phone_area_code"},
		{"+999123456", "!phone_invalid"},
		{"+1 202 555", "!phone_invalid"},
		{"010-10000", "!phone_service"},
		{"021-95588", "!phone_service"},
		{"800 810 8888", "!phone_service"},
		{"+1 800 555 0100", "!phone_service"},
		{"14400001234", "!phone_machine"},
	}...)
}

func TestPhoneLengthFaultCountsTheDigits(t *testing.T) {
	_, err := today.NormaliseText(of(customer.Phone), "1380013800")
	if err.Code != "phone_length" || err.Params["got"] != "10" || err.Params["want"] != "11" {
		t.Fatalf("got %v %v", err, err.Params)
	}
}

func TestEveryCountrysNumbersAreAcceptedAsTheyAreWrittenThere(t *testing.T) {
	for region := range phonenumbers.GetSupportedRegions() {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE} {
			n := phonenumbers.GetExampleNumberForType(region, kind)
			if n == nil || region == homeRegion {
				continue
			}
			want := phonenumbers.Format(n, phonenumbers.E164)
			for _, format := range []phonenumbers.PhoneNumberFormat{phonenumbers.E164, phonenumbers.INTERNATIONAL} {
				if got := verdict(of(customer.Phone), phonenumbers.Format(n, format)); got != want {
					t.Errorf("%s: got %s, want %s", region, got, want)
				}
			}
		}
	}
}

func TestLineTellsWhereATextMessageArrives(t *testing.T) {
	for c, want := range map[customer.Content]Line{
		"+8613800138000": Mobile,
		"+8617000000000": Virtual,
		"+861012345678":  Fixed,
		"+85261234567":   Mobile,
		"+442079460018":  Fixed,
		"+12025550123":   Mobile, // North America has one plan for both
		"not a number":   Unknown,
	} {
		if got := LineOf(c); got != want || got.Textable() != (want == Mobile || want == Virtual) {
			t.Errorf("%s: got %s, want %s", c, got, want)
		}
	}
}

func TestMailAddressesAreFoldedToOneSpelling(t *testing.T) {
	table(t, of(customer.Email), [][2]string{
		{" Ada.Lovelace@Example.TEST ", "ada.lovelace@example.test"},
		{"ada＠example。test", "ada@example.test"},
		{"o'brien@x.test", "o'brien@x.test"},
		{"a@bücher.example", "a@xn--bcher-kva.example"},
		{"a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
		{"a@例子.测试", "a@xn--fsqu00a.xn--0zwm56d"},
		{"a@пример.укр", "a@xn--e1afmkfd.xn--j1amh"},
		{"a@日本語kana.example", "a@xn--kana-f79hm9d2w6i.example"},
		{"a@r3---sn.example", "a@r3---sn.example"},
		{strings.Repeat("a", 64) + "@x.test", strings.Repeat("a", 64) + "@x.test"},
		{"a@" + strings.Repeat("b", 63) + ".test", "a@" + strings.Repeat("b", 63) + ".test"},
	}...)
}

func TestMailFaultsNameTheRule(t *testing.T) {
	long := strings.Repeat(strings.Repeat("b", 60)+".", 4) + "test"
	table(t, of(customer.Email), [][2]string{
		{"ada", "!email_form"},
		{"@x.test", "!email_form"},
		{"a@", "!email_form"},
		{".a@x.test", "!email_local_dot"},
		{"a.@x.test", "!email_local_dot"},
		{"a..b@x.test", "!email_local_dot"},
		{"a(b)@x.test", "!email_local_character"},
		{"a@-x.test", "!email_domain_character"},
		{"a@x_y.test", "!email_domain_character"},
		{"a@xn--zzzzzzz-.test", "!email_domain_character"},
		{"a@xn--.test", "!email_domain_character"}, // punycode of nothing
		{"a@\u00ad.test", "!email_domain_empty"},
		{"a@127.0.0.1", "!email_literal"},
		{"a@x..test", "!email_domain_empty"},
		{"aaaaaaaaaaaaaaaa@" + long, "!email_length"},
		{"a@" + strings.Repeat("例", 20000) + ".test", "!email_length"},
		{"a@" + strings.Repeat("b.", 126) + "test", "!email_domain_length"},
		{"a@аррӏе.example", "!email_domain_script"}, // all Cyrillic, reads as Latin
		{"a@gооgle.example", "!email_domain_script"},
		{"a@αlpha.example", "!email_domain_script"},
	}...)
}

func TestMessengersAreAServiceAndAnIDByItsRules(t *testing.T) {
	table(t, of(customer.Messenger), [][2]string{
		{"WeChat: Zhang_San", "wechat:Zhang_San"},
		{"微信：zhang_san", "wechat:zhang_san"},
		{"QQ:10001", "qq:10001"},
		{"telegram:@zhang_san", "telegram:zhang_san"},
		{"whatsapp:+852 6123 4567", "whatsapp:+85261234567"},
		{"钉钉:张三", "dingtalk:张三"},
		{"zhang_san", "!messenger_form"},
		{"icq:1", "!messenger_service"},
		{"qq:01", "!messenger_id"},
		{"wechat:张三", "!messenger_id"},
		{"line:", "!messenger_id"},
		{"line:a b", "!messenger_id"},
		{"telegram:@a", "!messenger_id"},
		{"whatsapp:123", "!phone_service"},
	}...)
}
