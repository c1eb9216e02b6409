package portal_test

import (
	"strings"
	"testing"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
)

func wanting(id customer.ID, key customer.Key, value string) desk.Proposal {
	return desk.Proposal{Record: id, Channel: "hotline", Reason: "asked on the phone", Items: []desk.Proposed{{Key: key, Value: []byte(`"` + value + `"`)}}}
}

func ask(to customer.Key, fresh bool) desk.Ask {
	return desk.Ask{Method: change.SMSCode, To: to, New: fresh}
}

func TestAddressIsPickedListByListWithoutAScript(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("zh").signIn().get("/me/edit/address").is(200)
	at := "/me/edit/address"
	b.press(at, "do", "show", "province", "31").is(200)
	b.press(at, "do", "show", "province", "31", "city", "3101").is(200)
	if b.find("option", "value", "310115") == nil {
		t.Fatal("no districts of Shanghai")
	}
	b.press(at, "do", "show", "province", "31", "city", "3101", "area", "310115").is(200)
	if b.find("option", "value", "310115125") == nil && !strings.Contains(b.Body, "张江镇") {
		t.Fatal("no streets of Pudong")
	}
	b.press(at, "do", "keep", "province", "31", "city", "3101", "line", "张江路 188 弄").is(422).says("行政区划未选到区县")
	b.press(at, "do", "keep", "province", "31", "city", "3101", "area", "310115", "line", "新弄 188 号", "postcode", "20120").is(422).says("6 位数字")
	b.press(at, "do", "keep", "province", "31", "city", "3101", "area", "310115", "line", "新弄 188 号", "postcode", "201203").is(200).says("核对后提交")
	if strings.Contains(b.Body, "188") {
		t.Error("the check shows where somebody lives")
	}
	b.get(at).is(200) // as it was typed, on whatever device
	if attribute(b.find("input", "name", "line"), "value") != "新弄 188 号" || b.find("option", "value", "310115") == nil {
		t.Error("what was typed is gone")
	}
}

func TestRegionsAreFetchedListByList(t *testing.T) {
	w := open(t)
	b := w.browser("zh").get("/regions?of=44&field=city").is(200)
	if !strings.Contains(b.Body, `value="4403"`) || !strings.Contains(b.Body, "请选择") {
		t.Error(b.Body)
	}
	if b.get("/regions?of=&field=city"); strings.Contains(b.Body, `value="44"`) {
		t.Error("nothing is chosen, and provinces are offered")
	}
}

func TestAddressInAnotherCountryIsWrittenFreely(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en").signIn().get("/me/edit/address?abroad=yes").is(200)
	b.send("POST", "/me/edit/address?abroad=yes", map[string][]string{
		"abroad": {"yes"}, "country": {"DE"}, "region": {"Berlin"}, "line": {"Unter den Linden 1"}, "postcode": {"10117"}, "do": {"keep"},
	}, "same-origin")
	b.is(200).says("Check your answers", "Berlin")
}

func TestMailThatLooksMistypedIsAskedAboutAndNeverChanged(t *testing.T) {
	w := open(t)
	w.fang()
	at := "/me/edit/email"
	b := w.browser("en").signIn().get(at).is(200)
	b.press(at, "value", "fang@qq.con", "do", "keep").is(200).says("Did you mean fang@qq.com?")
	kept := w.browser("en")
	kept.cookies = b.cookies
	kept.get(at).press(at, "value", "fang@qq.con", "sure", "fang@qq.con", "do", "keep").is(200).says("Check your answers")
	kept.get(at)
	if got := attribute(kept.find("input", "name", "value"), "value"); got != "fang@qq.con" {
		t.Errorf("it became %s", got)
	}
	b.press(at, "suggested", "fang@qq.com", "value", "fang@qq.con").is(200).get(at)
	if got := attribute(b.find("input", "name", "value"), "value"); got != "fang@qq.com" {
		t.Errorf("the answer was %s", got)
	}
}

func TestNumberAbroadTakesTheCodeOfItsCountry(t *testing.T) {
	w := open(t)
	w.fang()
	at := "/me/edit/phone/2"
	b := w.browser("en").signIn()
	b.get("/me").get(b.href(at)).is(200).says("Add: Phone 2")
	b.press(at, "country", "GB", "value", "07700 900123", "do", "keep").is(422) // reserved for drama
	b.press(at, "country", "GB", "value", "07911 123456", "do", "keep").is(200).says("+44 79 **** 3456")
	b.get(at)
	if got := attribute(b.find("input", "name", "value"), "value"); got != "07911 123456" {
		t.Errorf("it came back as %s", got)
	}
}

func TestWrongValueComesBackAsItWasTypedWithItsRemedy(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("zh").signIn()
	b.get("/me/edit/phone").press("/me/edit/phone", "country", "CN", "value", "139 0013 900", "do", "keep").is(422).says("手机号应为 11 位数字")
	if attribute(b.find("input", "name", "value"), "value") != "139 0013 900" {
		t.Error("what was typed is gone")
	}
	b.press("/me/edit/phone", "country", "CN", "value", "", "do", "keep").is(422).says("请填写此项")
	b.press("/me/edit/phone", "country", "CN", "value", "13800138000", "do", "keep").is(422).says("新值与现值相同")
}

func TestContactIsRemoved(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en").signIn().get("/me/edit/email").is(200).press("/me/edit/email", "do", "remove").is(200).says("Removed")
	b.press("/me/check", "do", "send").is(200)
}

func TestWhatOthersNotedIsShownAndNotEdited(t *testing.T) {
	w := open(t)
	w.person(map[customer.Key]customer.Content{"legal_name": name, "phone": phone, "customer_class": "high", "language": "zh-Hans", "marketing_optout": "true"})
	b := w.browser("en").signIn().says("High value", "Chinese, simplified", "Yes")
	b.get("/me/edit/customer_class").is(404)
	b.get("/me/edit/no_such_field").is(404)
	b.get("/me/edit/..%2F..%2Fx").is(404)
}

func TestAccountOfACustomerIsShownBesideThem(t *testing.T) {
	w := open(t)
	id := w.fang()
	filed, err := w.Desk.Propose(t.Context(), w.staff("Ada", access.Agent), desk.Proposal{
		RecordKind: customer.Account, Channel: "hotline", Reason: "opened", Items: []desk.Proposed{
			{Key: "holder", Value: []byte(`"` + string(id) + `"`)}, {Key: "account_no", Value: []byte(`"A-1002003004"`)}, {Key: "account_type", Value: []byte(`"billing"`)},
		},
	})
	w.ok(err)
	for _, person := range []string{"Sue", "Sam"} {
		_ = w.Desk.Attest(t.Context(), w.staff(person, access.Steward), filed.Changes[0].ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "contract", Compared: "number"})
	}
	w.approve(filed.Changes[0].ID)
	w.settle()
	b := w.browser("en").signIn().says("My accounts")
	b.get(b.href("/me/account/")).is(200).says("My account", "Billing")
	account := strings.TrimPrefix(b.Path, "/me/account/")
	b.get("/me/account/"+account+"/edit/billing_email").is(200).press("/me/account/"+account+"/edit/billing_email", "value", "bills@example.com", "do", "keep").is(200).says("Check your answers")
	b.press("/me/account/"+account+"/check", "do", "send").is(200).says("Waiting for you to verify")
}
