package policy

import (
	"fmt"
	"slices"
	"strconv"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"amend/change"
	"amend/customer"
)

// A Fact is one variable that a rule may name: the only source of its name, type and
// example, for the rule language, the editor and the explanation. Its words are keys of lang.
type Fact struct {
	Name    string   // snake_case, as rules write it
	Type    string   // "string", "bool" or "int"
	Values  []string // the words a rule may compare it with; empty: any
	Example string
	of      func(*Facts) ref.Val
	set     func(*Facts, string) // nil where it follows from other facts
}

// Vocabulary lists every fact, in the order a help text shows them.
func Vocabulary() []Fact { return slices.Clone(vocabulary()) }

var vocabulary = sync.OnceValue(func() []Fact {
	return slices.Concat(whatFacts(), whoFacts(), trustFacts())
})

// factNamed finds facts by name.
var factNamed = sync.OnceValue(func() map[string]Fact {
	named := map[string]Fact{}
	for _, f := range vocabulary() {
		named[f.Name] = f
	}
	return named
})

func whatFacts() []Fact {
	return []Fact{
		word("kind", "create", func(f *Facts) *string { return (*string)(&f.Kind) },
			string(change.Create), string(change.Enrol), string(change.Update)),
		word("record_kind", "person", func(f *Facts) *string { return (*string)(&f.RecordKind) },
			string(customer.Person), string(customer.Organization), string(customer.Account)),
		word("field", "phone", func(f *Facts) *string { return &f.Field }),
		word("slot", "work", func(f *Facts) *string { return &f.Slot }),
		word("type", "phone", func(f *Facts) *string { return (*string)(&f.Type) }, valueTypes()...),
		word("group", "bank", func(f *Facts) *string { return &f.Group }, groups()...),
		word("class", "contact", func(f *Facts) *string { return (*string)(&f.Class) },
			string(customer.Identity), string(customer.ContactData), string(customer.Transaction), string(customer.Behaviour), string(customer.Preference)),
		word("tier", "high", func(f *Facts) *string { return (*string)(&f.Tier) },
			string(customer.Low), string(customer.Normal), string(customer.High), string(customer.Top)),
		flag("contact", func(f *Facts) *bool { return &f.Contact }),
		{Name: "guarded", Type: "bool", Example: "true", of: func(f *Facts) ref.Val { return types.Bool(f.Guarded()) }},
		flag("adds", func(f *Facts) *bool { return &f.Adds }),
		flag("removes", func(f *Facts) *bool { return &f.Removes }),
	}
}

func whoFacts() []Fact {
	return []Fact{
		word("channel", "hotline", func(f *Facts) *string { return &f.Channel }),
		word("source", "vendor:acme", func(f *Facts) *string { return &f.Source }),
		word("filed_by", "staff", func(f *Facts) *string { return &f.FiledBy }, "customer", "staff", "system"),
		word("assurance", "B", func(f *Facts) *string { return (*string)(&f.Assurance) }, grades()...),
		word("grade", "D", func(f *Facts) *string { return (*string)(&f.Grade) }, grades()...),
		word("customer_class", "high", func(f *Facts) *string { return &f.CustomerClass }, "standard", "high"),
		flag("value_high", func(f *Facts) *bool { return &f.ValueHigh }),
	}
}

func trustFacts() []Fact {
	return []Fact{
		word("authority", "proven", func(f *Facts) *string { return &f.Authority }, Proven, Weak, None),
		flag("lost_channel", func(f *Facts) *bool { return &f.LostChannel }),
		count("factors", func(f *Facts) *int { return &f.Factors }),
		count("channel_age_days", func(f *Facts) *int { return &f.ChannelAgeDays }),
		count("changes_30d", func(f *Facts) *int { return &f.Changes30d }),
		count("disputes_1y", func(f *Facts) *int { return &f.Disputes1y }),
	}
}

// word, flag and count make a fact of the member that at points to.
func word(name, example string, at func(*Facts) *string, values ...string) Fact {
	return Fact{
		Name: name, Type: "string", Values: values, Example: example,
		of:  func(f *Facts) ref.Val { return types.String(*at(f)) },
		set: func(f *Facts, v string) { *at(f) = v },
	}
}

func flag(name string, at func(*Facts) *bool) Fact {
	return Fact{
		Name: name, Type: "bool", Example: "true",
		of:  func(f *Facts) ref.Val { return types.Bool(*at(f)) },
		set: func(f *Facts, v string) { *at(f) = v == "true" },
	}
}

func count(name string, at func(*Facts) *int) Fact {
	return Fact{
		Name: name, Type: "int", Example: "3",
		of:  func(f *Facts) ref.Val { return types.Int(*at(f)) },
		set: func(f *Facts, v string) { *at(f), _ = strconv.Atoi(v) },
	}
}

// word is what the fact says of f, as a word.
func (v Fact) word(f Facts) string { return fmt.Sprint(v.of(&f).Value()) }

// celType is the fact's type in the rule language.
func (v Fact) celType() *cel.Type {
	switch v.Type {
	case "bool":
		return cel.BoolType
	case "int":
		return cel.IntType
	}
	return cel.StringType
}

func valueTypes() []string {
	return []string{
		string(customer.Text), string(customer.Name), string(customer.Phone), string(customer.Email), string(customer.Address),
		string(customer.Messenger), string(customer.ResidentID), string(customer.Passport), string(customer.USCC),
		string(customer.BankCard), string(customer.CNAPS), string(customer.Date), string(customer.Number), string(customer.Money),
		string(customer.Flag), string(customer.Choice), string(customer.List), string(customer.Reference),
	}
}

// groups are the field groups that a rule may name.
func groups() []string {
	return []string{
		"phone", "email", "messenger", "postal", "legal", "bank", "tax", "contract",
		"name", "title", "profile", "preference", "interest", "consent", "behaviour", "transaction", "service", "relation",
	}
}

// grades includes "", the grade of a value that does not exist.
func grades() []string { return []string{"A", "B", "C", "D", "E", ""} }
