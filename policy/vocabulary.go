package policy

import (
	"slices"
	"sync"

	"cel.dev/cel-go/cel"

	"amend/change"
	"amend/customer"
)

// A Fact is one variable that a rule may name: the only source of its name, type,
// words and example, for the rule language, the editor, the docs and the explanation.
type Fact struct {
	Name    string   // snake_case, as rules write it
	Type    string   // "string", "bool" or "int"
	Values  []string // the words a rule may compare it with; empty: any
	Example string
	Zh, En  string
	of      func(Facts) any
}

// Vocabulary lists every fact, in the order a help text shows them.
func Vocabulary() []Fact { return slices.Clone(vocabulary()) }

var vocabulary = sync.OnceValue(func() []Fact {
	return slices.Concat(whatFacts(), whoFacts(), trustFacts())
})

func whatFacts() []Fact {
	return []Fact{
		word("kind", "create", "申请类型", "what the request wants", func(f Facts) string { return string(f.Kind) },
			string(change.Create), string(change.Enrol), string(change.Update)),
		word("record_kind", "person", "记录类型", "what the record is about", func(f Facts) string { return string(f.RecordKind) },
			string(customer.Person), string(customer.Organization), string(customer.Account)),
		word("field", "phone", "字段名", "name of the field", func(f Facts) string { return f.Field }),
		word("slot", "work", "字段的分项", "part of the field, empty for the main one", func(f Facts) string { return f.Slot }),
		word("type", "phone", "数据类型", "type of the value", func(f Facts) string { return string(f.Type) }, types()...),
		word("group", "bank", "字段组", "group of the field", func(f Facts) string { return f.Group }, groups()...),
		word("class", "contact", "字段类别", "class of the field", func(f Facts) string { return string(f.Class) },
			string(customer.Identity), string(customer.ContactData), string(customer.Transaction), string(customer.Behaviour), string(customer.Preference)),
		word("tier", "high", "敏感级", "how sensitive the field is", func(f Facts) string { return string(f.Tier) },
			string(customer.Low), string(customer.Normal), string(customer.High), string(customer.Top)),
		flag("contact", "是否为联系方式", "whether it is a contact point", func(f Facts) bool { return f.Contact }),
		flag("guarded", "是否受底线保护", "whether the floor guards the field", Facts.Guarded),
		flag("adds", "原来是否为空", "whether there was no value yet", func(f Facts) bool { return f.Adds }),
		flag("removes", "是否删除该值", "whether the value is removed", func(f Facts) bool { return f.Removes }),
	}
}

func whoFacts() []Fact {
	return []Fact{
		word("channel", "hotline", "受理渠道", "where the request came in", func(f Facts) string { return f.Channel }),
		word("source", "vendor:acme", "来源", "who says so: customer, staff, system:NAME or vendor:NAME", func(f Facts) string { return f.Source }),
		word("filed_by", "staff", "由谁提交", "who filed it", func(f Facts) string { return f.FiledBy }, "customer", "staff", "system"),
		word("assurance", "B", "受理方式对应的可信等级", "grade that the way of filing earns", func(f Facts) string { return string(f.Assurance) }, grades()...),
		word("grade", "D", "现有值的可信等级", "grade of the present value", func(f Facts) string { return string(f.Grade) }, grades()...),
		word("customer_class", "high", "客户等级", "class of the customer", func(f Facts) string { return f.CustomerClass }, "standard", "high"),
		flag("value_high", "是否关系大额钱物", "whether goods or money above the limit follow the value", func(f Facts) bool { return f.ValueHigh }),
	}
}

func trustFacts() []Fact {
	return []Fact{
		word("authority", "proven", "可用原渠道的效力", "what the best channel on record is worth", func(f Facts) string { return f.Authority }, Proven, Weak, None),
		flag("lost_channel", "客户是否称原渠道已失效", "whether the customer says a channel is lost", func(f Facts) bool { return f.LostChannel }),
		count("factors", "已核实的独立渠道数", "independent proven channels", func(f Facts) int { return f.Factors }),
		count("channel_age_days", "该渠道核实至今的天数", "days since the best channel was proven or held", func(f Facts) int { return f.ChannelAgeDays }),
		count("changes_30d", "30 天内已生效的变更数", "changes applied in 30 days", func(f Facts) int { return f.Changes30d }),
		count("disputes_1y", "一年内的异议数", "disputes in a year", func(f Facts) int { return f.Disputes1y }),
	}
}

func word(name, example, zh, en string, of func(Facts) string, values ...string) Fact {
	return Fact{Name: name, Type: "string", Values: values, Example: example, Zh: zh, En: en, of: func(f Facts) any { return of(f) }}
}

func flag(name, zh, en string, of func(Facts) bool) Fact {
	return Fact{Name: name, Type: "bool", Example: "true", Zh: zh, En: en, of: func(f Facts) any { return of(f) }}
}

func count(name, zh, en string, of func(Facts) int) Fact {
	return Fact{Name: name, Type: "int", Example: "3", Zh: zh, En: en, of: func(f Facts) any { return int64(of(f)) }}
}

// celType is the fact's type in the rule language.
func (f Fact) celType() *cel.Type {
	switch f.Type {
	case "bool":
		return cel.BoolType
	case "int":
		return cel.IntType
	}
	return cel.StringType
}

func types() []string {
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
