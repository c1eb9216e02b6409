package main

// policyWords is what help says of the policy's commands, Chinese and English.
func policyWords() map[string][2]string {
	return map[string][2]string{
		"policy":                        {"查看、检查、说明策略", "see, check and explain the policy"},
		"policy_show":                   {"打印生效的策略", "print the policy in force"},
		"policy_show_examples":          {"amend policy show --rules\namend policy show > policy.json", "amend policy show --rules\namend policy show > policy.json"},
		"policy_rules":                  {"只列出规则，一行一条", "only the rules, one a line"},
		"policy_check_version":          {"打印生效的版本和摘要；给出版本号则核对", "print the version in force and its digest; with a version, check it"},
		"policy_check-version_examples": {"amend policy check-version 1 && ./deploy.sh", "amend policy check-version 1 && ./deploy.sh"},
		"policy_version":                {"应当生效的版本", "the version that should be in force"},

		"policy_check":          {"检查策略：永不生效的规则、走不完的流程、相互矛盾的要求，附例子和办法", "find what a policy says and doesn't do: rules that never speak, dead ends, contradictions; with an example and a remedy"},
		"policy_check_examples": {"amend policy check\namend policy check policy.json --staff", "amend policy check\namend policy check policy.json --staff"},
		"policy_check_file":     {"策略文件；默认生效的策略", "the policy; the one in force by default"},
		"policy_check_staff":    {"同时核对本系统登记的人员、角色、缺勤和代理是否够用", "also whether the people here suffice: their roles, absences and stand-ins"},

		"policy_explain":          {"说明一项变更需要什么、依据哪些规则，以及某个条件不成立时会怎样", "say what a change needs, which rules say so, and what would be if one of their conditions came out otherwise"},
		"policy_explain_examples": {"amend policy explain --field phone --channel portal\namend policy explain --field address --filed-by staff --fact customer_class=high --fact value_high=true\nAMEND_TOKEN=… amend policy explain REQ-7KQ2H4M", "amend policy explain --field phone --channel portal\namend policy explain --field address --filed-by staff --fact customer_class=high --fact value_high=true\nAMEND_TOKEN=… amend policy explain REQ-7KQ2H4M"},
		"policy_explain_request":  {"申请编号：说明已提交的申请", "a request on record, by its id or reference"},
		"policy_explain_policy":   {"哪个策略；默认生效的策略", "which policy; the one in force by default"},
		"policy_explain_field":    {"字段", "the field"},
		"policy_explain_kind":     {"申请类型：create enrol update", "kind of request: create enrol update"},
		"policy_explain_slot":     {"字段的分项", "the part of the field"},
		"policy_explain_channel":  {"受理渠道", "where it came in"},
		"policy_explain_filed_by": {"谁提交：customer staff system", "who filed it: customer staff system"},
		"policy_explain_fact":     {"其他事实，可给多个；名称见 amend policy facts", "another fact, may be repeated; amend policy facts lists them"},

		"policy_test":          {"用例子核对策略：每项变更应有怎样的处理方案", "hold a policy to examples: which change must need what"},
		"policy_test_examples": {"amend policy test\namend policy test ours.txtar --policy policy.json", "amend policy test\namend policy test ours.txtar --policy policy.json"},
		"policy_cases":         {"用例文件（txtar）；不给则用自带的用例", "files of cases (txtar); those that come with the program by default"},
		"policy_cases_policy":  {"核对哪个策略；默认生效的策略。文件自带 policy.json 的以它为准", "the policy that they are about; the one in force by default. A file that holds a policy.json is about that one"},
		"policy_diff":          {"比较两份策略：哪些规则不同，哪些变更的处理会改变", "compare two policies: which rules differ, and which changes come out otherwise"},
		"policy_diff_examples": {"amend policy diff policy.json\namend policy diff old.json new.json --all", "amend policy diff policy.json\namend policy diff old.json new.json --all"},
		"policy_diff_old":      {"原来的策略；只给一个文件则与生效的策略比较", "the policy that was; one file alone is compared with the policy in force"},
		"policy_diff_new":      {"新的策略", "the policy that is to be"},
		"policy_diff_all":      {"列出全部变化", "every way in which changes come out otherwise"},
		"policy_packs":         {"列出入门策略：零售、金融、医疗、政务", "list the starter packs: retail, finance, health, government"},
		"policy_pack":          {"打印一份入门策略，可据此写自己的策略", "print a starter pack, to make it your own"},
		"policy_pack_examples": {"amend policy pack finance > policy.json", "amend policy pack finance > policy.json"},
		"policy_pack_name":     {"名称", "its name"},
		"policy_facts":         {"列出规则可用的事实", "list what a rule may speak of"},
	}
}
