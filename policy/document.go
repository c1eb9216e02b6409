package policy

import (
	"amend/change"
)

// document is a policy as people write and read it: plain JSON, one form for the file,
// the editor and the comparison of versions.
type document struct {
	Version   int64                    `json:"version"`
	Name      string                   `json:"name"`
	Goals     words                    `json:"goals"`
	Recipes   map[string]recipe        `json:"recipes"`
	Rules     []rule                   `json:"rules"`
	Additions []addition               `json:"additions"`
	Timers    Timers                   `json:"timers"`
	Sampling  float64                  `json:"sampling"` // share of applied changes drawn for a second look, 0 to 1
	Validity  map[change.Method]Period `json:"validity"` // how long a proof stays good when a request is filed again
}

// words says the same in Chinese and in English.
type words struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// recipe is what a rule asks for.
type recipe struct {
	words
	Authority    []change.Combo   `json:"authority,omitempty"`    // any one of these combos, through channels proven before
	Reachability bool             `json:"reachability,omitempty"` // a new contact must answer
	Evidence     [][]change.Combo `json:"evidence,omitempty"`     // every one of these gates, each with proofs of its own
	Levels       []level          `json:"levels,omitempty"`
	Cool         Period           `json:"cool,omitzero"`
	Holds        []hold           `json:"holds,omitempty"`
}

type level struct {
	Name   string `json:"name"`
	Role   string `json:"role"`
	Quorum int    `json:"quorum"`
	Within Work   `json:"within"`
	Apart  bool   `json:"apart,omitempty"` // no two of the people are of one department
}

type hold struct {
	Action string `json:"action"`
	For    Period `json:"for"`
}

// rule chooses a recipe. The first rule whose condition holds decides.
type rule struct {
	Name string `json:"name"`
	words
	When string `json:"when"` // a CEL condition over the vocabulary
	Use  string `json:"use"`
}

// addition asks for more, beside whichever recipe was chosen. Every one whose condition holds adds.
type addition struct {
	Name string `json:"name"`
	words
	When string `json:"when"`
	Add  extra  `json:"add"`
}

type extra struct {
	Evidence    [][]change.Combo `json:"evidence,omitempty"` // further gates: a proof that opened another gate doesn't open these
	Levels      []level          `json:"levels,omitempty"`   // a level of a name in use asks for that many people more
	CoolAtLeast Period           `json:"cool_at_least,omitzero"`
	Holds       []hold           `json:"holds,omitempty"`
}

// Timers are the periods of a request's life (the states and their timers), as the policy sets them.
type Timers struct {
	Draft        Period   `json:"draft"`         // a draft that nobody submits is discarded
	Verifying    Period   `json:"verifying"`     // proofs must be complete by then, or the request expires
	NeedsInfo    Period   `json:"needs_info"`    // an unanswered question ends the request
	Remind       []Period `json:"remind"`        // reminders of an unanswered question
	SMSCode      Period   `json:"sms_code"`      // at most 10 minutes: OWASP ASVS 5.0 V6.5
	MailCode     Period   `json:"mail_code"`     // at most 10 minutes
	MailLink     Period   `json:"mail_link"`     // to a new address
	Letter       Period   `json:"letter"`        // a posted code
	LetterAbroad Period   `json:"letter_abroad"` // a posted code that crosses a border
	Callback     Work     `json:"callback"`      // a call-back task
	Rescreen     Period   `json:"rescreen"`      // a scheduled request is screened again this long before
	Ask          []Period `json:"ask"`           // after apply the customer is asked to confirm
	Unconfirmed  Period   `json:"unconfirmed"`   // after apply, closed without the customer's word
	Dispute      Period   `json:"dispute"`       // after apply, how long "this was not me" is heard
	Decide       Work     `json:"decide"`        // a dispute is decided
}
