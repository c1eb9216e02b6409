package console

import (
	"amend/access"
	"amend/internal/lang"
	"amend/notify"
)

// sample is a message of a kind with invented values: two parts where the kind joins them.
func (v *visit) sample(k notify.Kind, l notify.Lang, by notify.Medium) notify.Message {
	kinds := []notify.Kind{k}
	switch k {
	case notify.Joined:
		kinds = []notify.Kind{notify.Received, notify.Changed}
	case notify.StaffJoined:
		kinds = []notify.Kind{notify.StaffTask, notify.Exception}
	}
	var m notify.Message
	for _, kind := range kinds {
		m.Parts = append(m.Parts, notify.Part{ID: "sample", Kind: kind, Channel: by, To: "sample", Lang: l, Params: v.sampleParams(kind, l)})
	}
	return m
}

// sampleParams are the parameters that a kind needs, and no other.
func (v *visit) sampleParams(k notify.Kind, l notify.Lang) map[string]string {
	all := v.samples(k, l)
	params := map[string]string{}
	for _, name := range k.Params() {
		params[name] = all[name]
	}
	if !k.Staff() {
		params["report"] = all["report"]
	}
	return params
}

// sampleToken is as long as the token of a link is: parts of a short message are counted on it.
const sampleToken = "sample0sample0sample0sample0sample0sample0s"

// samples are invented values for every parameter, in the words of the house's own texts:
// nothing here was ever a customer's.
func (v *visit) samples(k notify.Kind, l notify.Lang) map[string]string {
	book, reader := v.House.Book, lang.Lang(l)
	phone := v.House.Catalog["phone"]
	lines := []notify.Line{{Field: phone.Label[string(l)], Value: "139****9000"}}
	at := v.page.Now.In(v.Door.Zone)
	s := map[string]string{
		"code": "482915", "minutes": "10", "hours": "2", "word": "K7Q", "ref": "REQ-7KQ2H", "record": "0c8v7t3m1q2r5s6a9b4d", "count": "2", "level": "L2",
		"act": book.Act(l, lines), "result": book.Result(l, lines), "list": book.List(l, lines), "field": lines[0].Field, "fields": lines[0].Field,
		"place": book.Place(l, "portal"), "time": book.Time(l, notify.At, at), "task": book.Task(l, "callback"),
		"reason": book.Reason(l, "unclear_evidence"), "remedy": book.Remedy(l, "send_better_evidence"),
		"question": reader.Text("console.texts.sample_question", nil), "system": "CRM", "name": "Ada", "by": "Otto",
		"role": reader.Word("role", string(access.Approver)),
		"link": v.House.BaseURL + "/l/" + sampleToken, "report": v.House.BaseURL + "/l/" + sampleToken,
	}
	if k == notify.Exception {
		s["reason"] = reader.Word("delivery_why", "refused")
	}
	return s
}
