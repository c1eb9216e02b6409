package api

import (
	"reflect"

	"amend/access"
	"amend/customer"
	"amend/internal/lang"
	"amend/policy"
)

func (d *door) whyOperations() []operation {
	return []operation{
		{id: "explainChange", method: "GET", path: "/changes/{id}/why", en: "Explain what a request needs, by the facts and the policy that judged it, in the language you ask for",
			zh: "说明一份申请为何需要这些步骤：依据当时的事实和策略，以请求的语言表述", params: reflect.TypeFor[byID](), answer: reflect.TypeFor[whyAnswer](), run: d.explainChange},
		{id: "explainPolicy", method: "GET", path: "/policy/why", en: "Explain what a made-up change would need, such as update phone filed_by=staff",
			zh: "说明一项假设的变更需要什么，例如 update phone filed_by=staff", params: reflect.TypeFor[whyParams](), answer: reflect.TypeFor[whyAnswer](), run: d.explainPolicy},
	}
}

type whyParams struct {
	Change string `query:"case"` // a line as amend policy test reads it
}

type whyAnswer struct {
	Items []whyView `json:"items"`
}

// A whyView is why one item needs what it needs.
type whyView struct {
	Change string       `json:"change,omitempty"`
	Ref    string       `json:"ref,omitempty"`
	Policy int64        `json:"policy"`
	Facts  string       `json:"facts"` // as a line that is not ordinary about it
	Asks   []askView    `json:"asks"`
	Rules  []reasonView `json:"rules"`
}

// An askView is one thing that a plan asks for, as a case writes it and as people read it.
type askView struct {
	Line string `json:"ask"`
	Text string `json:"text"`
}

type reasonView struct {
	Rule       string          `json:"rule"`
	Text       string          `json:"text"`
	Failed     bool            `json:"failed,omitempty"`
	Conditions []conditionView `json:"conditions,omitempty"`
}

// A conditionView is one condition, what it read, and what would be asked no longer, and
// what instead, if it had come out otherwise.
type conditionView struct {
	Text   string            `json:"text"`
	Holds  bool              `json:"met"`
	Failed bool              `json:"failed,omitempty"`
	Facts  map[string]string `json:"facts"`
	Less   []askView         `json:"less,omitempty"`
	More   []askView         `json:"more,omitempty"`
}

func (d *door) explainChange(v *visit) (any, error) {
	var p byID
	if err := v.bind(&p); err != nil {
		return nil, err
	}
	all, err := d.desk.Why(v.ctx, v.by, p.ID)
	if err != nil {
		return nil, err
	}
	w := d.wording(v)
	answer := whyAnswer{Items: make([]whyView, len(all))}
	for i, e := range all {
		answer.Items[i] = w.why(e.Why, e.Policy)
		answer.Items[i].Change, answer.Items[i].Ref = string(e.Change), e.Ref
	}
	v.w.Header().Set("Content-Language", v.lang.Tag())
	return answer, nil
}

func (d *door) explainPolicy(v *visit) (any, error) {
	var p whyParams
	if err := v.bind(&p); err != nil {
		return nil, err
	}
	if f := v.by.May(access.ReadPolicy); f != nil {
		return nil, f
	}
	w := d.wording(v)
	facts, err := policy.ReadFacts(w.cat, p.Change)
	if err != nil {
		return nil, err
	}
	inForce, err := d.desk.Policy(v.ctx)
	if err != nil {
		return nil, err
	}
	v.w.Header().Set("Content-Language", v.lang.Tag())
	return whyAnswer{[]whyView{w.why(inForce.Why(facts), inForce.Version)}}, nil
}

// wording says an explanation to its reader.
type wording struct {
	lang lang.Lang
	cat  customer.Catalog
}

func (d *door) wording(v *visit) wording {
	w := wording{v.lang, customer.Catalog{}}
	for _, f := range d.reader.Catalog(v.ctx, v.by) {
		w.cat[f.Name] = f
	}
	return w
}

func (w wording) why(why policy.Why, version int64) whyView {
	view := whyView{Policy: version, Facts: why.Facts.Line(w.cat), Asks: w.asks(policy.Asks(why.Plan))}
	for _, r := range why.Reasons {
		said := reasonView{Rule: r.Rule, Text: r.En, Failed: r.Failed}
		if w.lang == lang.ZH {
			said.Text = r.Zh
		}
		for _, c := range r.Conditions {
			said.Conditions = append(said.Conditions, w.condition(c))
		}
		view.Rules = append(view.Rules, said)
	}
	return view
}

func (w wording) condition(c policy.Condition) conditionView {
	view := conditionView{
		Text: w.lang.Condition(c.Phrase, w.cat), Holds: c.Holds, Failed: c.Failed, Facts: map[string]string{}, Less: w.asks(c.Less), More: w.asks(c.More),
	}
	for _, v := range c.Values {
		view.Facts[v.Fact] = v.Is
	}
	return view
}

func (w wording) asks(asks []policy.Ask) []askView {
	views := make([]askView, len(asks))
	for i, a := range asks {
		views[i] = askView{a.String(), w.lang.Ask(a)}
	}
	return views
}
