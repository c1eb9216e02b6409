package api_test

import (
	"net/url"
	"strings"
	"testing"

	"amend/access"
)

func TestRequestIsExplainedDownToEachCondition(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	filed := w.wish(record, "secret tea")
	why := w.get(access.Approver, "/changes/"+filed+"/why", header("Accept-Language", "en")).is(200)
	for _, want := range []string{
		`"rule":"filed_by_staff"`, `"text":"who filed it is staff"`, `"facts":{"filed_by":"staff"}`,
		`"less":[{"ask":"approve 1 approver extra within 1wd","text":"Extra approver: Approver × 1"}]`,
	} {
		if !strings.Contains(string(why.Raw), want) {
			t.Errorf("no %s in\n%s", want, why.Raw)
		}
	}
	if strings.Contains(string(why.Raw), "secret tea") {
		t.Error("a value is shown")
	}
	w.get(access.Approver, "/changes/06eaohgl00538co77jrf/why").fails(404, "facts_not_kept")
}

func TestMadeUpChangeIsExplainedInTheReadersLanguage(t *testing.T) {
	w := newWorld(t)
	why := w.get(access.Security, "/policy/why?case="+url.QueryEscape("update interests"), header("Accept-Language", "zh")).is(200)
	if !strings.Contains(string(why.Raw), "字段类别为偏好") {
		t.Errorf("%s", why.Raw)
	}
	w.get(access.Security, "/policy/why?case=nonsense").fails(422, "facts_bad_line")
	w.get(access.App, "/policy/why?case=update+phone").fails(403, "not_allowed")
}
