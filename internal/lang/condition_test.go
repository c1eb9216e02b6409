package lang_test

import (
	"regexp"
	"testing"

	"amend/customer"
	"amend/internal/lang"
	"amend/policy"
)

func condition(t *testing.T, when string) policy.Phrase {
	t.Helper()
	p, err := policy.ParseCondition(when)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	return p
}

func TestEveryConditionReadsTheSameInBothLanguages(t *testing.T) {
	for _, c := range []struct{ when, en, zh string }{
		{"kind == 'enrol'", "the request is a first contact", "申请为登记首个联系方式"},
		{"type != 'phone'", "the type of value isn't phone number", "值的类型不为电话号码"},
		{"group in ['bank', 'tax', 'contract']", "the group is bank account, tax or contract", "字段组为银行账户、税务或合同"},
		{"!(class in ['behaviour', 'transaction'])", "the class isn't behaviour or transaction", "字段类别不为行为或交易"},
		{"tier in ['high', 'top']", "the sensitivity is high or top", "敏感级为高或最高"},
		{"field == 'patient_file_no'", "the field is patient file number", "字段为病历号"},
		{"field == 'loyalty_no'", "the field is loyalty_no", "字段为loyalty_no"},
		{"channel == 'hotline' || channel == 'wechat'", "the channel is hotline or the channel is WeChat", "受理渠道为热线，或受理渠道为微信"},
		{"filed_by == 'staff'", "who filed it is staff", "提交人为工作人员"},
		{"assurance in ['A', 'B']", "the grade of the filing is A or B", "受理方式的可信等级为A或B"},
		{"grade == ''", "the grade of the present value is none", "现有值的可信等级为无"},
		{"authority == 'weak'", "the best channel on record is inherited", "可用原渠道为沿用"},
		{"customer_class == 'high'", "the customer's class is high value", "客户等级为高价值"},
		{"factors == 1", "the number of proven channels is 1", "已核实渠道数为1"},
		{"factors < 2", "the number of proven channels is below 2", "已核实渠道数低于2"},
		{"factors <= 1", "the number of proven channels is at most 1", "已核实渠道数不超过1"},
		{"changes_30d > 3", "the number of changes in 30 days is above 3", "30 天内变更数高于3"},
		{"disputes_1y >= 1", "the number of disputes in a year is at least 1", "一年内异议数不低于1"},
		{"!(disputes_1y >= 1)", "the number of disputes in a year is below 1", "一年内异议数低于1"},
		{"!(factors < 2)", "the number of proven channels is at least 2", "已核实渠道数不低于2"},
		{"source.startsWith('system:')", `the source begins with "system:"`, "来源以「system:」开头"},
		{"!source.startsWith('system:')", `the source doesn't begin with "system:"`, "来源不以「system:」开头"},
		{"source.endsWith('x')", `the source ends with "x"`, "来源以「x」结尾"},
		{"!source.endsWith('x')", `the source doesn't end with "x"`, "来源不以「x」结尾"},
		{"source.contains('x')", `the source contains "x"`, "来源含「x」"},
		{"!source.contains('x')", `the source doesn't contain "x"`, "来源不含「x」"},
		{"slot.matches('^w')", `the part of the field matches "^w"`, "字段分项符合「^w」"},
		{"!slot.matches('^w')", `the part of the field doesn't match "^w"`, "字段分项不符合「^w」"},
		{"guarded && !removes", "the floor guards it and the value isn't removed", "受底线保护，且不是删除该值"},
		{"contact && (value_high || lost_channel)", "it's a contact point and (goods or money above the limit follow it or the customer lost a channel on record)", "属于联系方式，且（关系大额钱物，或客户称原渠道已失效）"},
		{"!(contact && adds)", "it's no contact point or there was a value", "不属于联系方式，或原来有值"},
		{"contact ? adds : removes", "there was no value yet if it's a contact point, otherwise the value is removed", "若属于联系方式则原来没有值，否则删除该值"},
		{"factors + changes_30d > 3", `the formula "factors + changes_30d > 3" is true`, "公式「factors + changes_30d > 3」成立"},
		{"!(factors + changes_30d > 3)", `the formula "factors + changes_30d > 3" is false`, "公式「factors + changes_30d > 3」不成立"},
		{"true", "always", "任何时候"},
		{"false", "never", "从不"},
	} {
		p := condition(t, c.when)
		if got := lang.EN.Condition(p, customer.Shipped()); got != c.en {
			t.Errorf("%s\n got %s\nwant %s", c.when, got, c.en)
		}
		if got := lang.ZH.Condition(p, customer.Shipped()); got != c.zh {
			t.Errorf("%s\n got %s\nwant %s", c.when, got, c.zh)
		}
	}
}

func TestEveryFactAndWordOfTheVocabularyHasItsWords(t *testing.T) {
	code := regexp.MustCompile(`^[a-z_0-9]+$`)
	for _, f := range policy.Vocabulary() {
		mustHave(t, map[string][]string{"fact_name": {f.Name}})
		if f.Type == "bool" {
			mustHave(t, map[string][]string{"when.holds": {f.Name, f.Name + ".not"}})
		}
		for _, v := range f.Values {
			if word := lang.ZH.FactWord(f.Name, v, nil); code.MatchString(word) {
				t.Errorf("%s %s has no word", f.Name, v)
			}
		}
	}
}

func TestEveryOpOfAConditionHasItsWords(t *testing.T) {
	mustHave(t, map[string][]string{"when": {
		"all", "any", "choice", "is", "is.not", "less", "at_most", "more", "at_least", "begins", "begins.not", "ends", "ends.not",
		"contains", "contains.not", "matches", "matches.not", "always", "always.not", "formula", "formula.not",
	}})
}
