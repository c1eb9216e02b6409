package main

// word answers one help text in the reader's language, "" if there is none.
func (a *app) word(key string) string {
	both := helpWords()[key]
	return a.pick(both[0], both[1])
}

// words is every help text in the reader's language, as kong's variables.
func (a *app) words() map[string]string {
	all := map[string]string{}
	for key, both := range helpWords() {
		all[key] = a.pick(both[0], both[1])
	}
	return all
}

// helpWords is what help says, Chinese and English. A key with _examples shows how the
// command is used.
func helpWords() map[string][2]string {
	all := commandWords()
	for key, both := range settingWords() {
		all[key] = both
	}
	for key, both := range demoWords() {
		all[key] = both
	}
	for key, both := range benchWords() {
		all[key] = both
	}
	for key, both := range policyWords() {
		all[key] = both
	}
	return all
}

func commandWords() map[string][2]string {
	return map[string][2]string{
		"amend":          {"Amend 管住客户资料的每一次变更：申请、核实、审批、更新、同步、通知、确认、留痕。", "Amend is change control for customer data: requested, proven, approved, applied, synchronised, told, confirmed, recorded."},
		"amend_examples": {"amend user add 张敏 --role operator\namend serve\namend doctor", "amend user add ada --role operator\namend serve\namend doctor"},

		"serve":          {"启动服务和后台工作", "start the server and its work loop"},
		"serve_examples": {"amend serve\nAMEND_DATABASE_URL=postgres://amend@db/amend AMEND_BASE_URL=https://kehu.example.com AMEND_HOTLINE=95000 amend serve", "amend serve\nAMEND_DATABASE_URL=postgres://amend@db/amend AMEND_BASE_URL=https://portal.example.com AMEND_HOTLINE=95000 amend serve"},

		"user":               {"登记人员，发登录链接", "name people and make their sign-in links"},
		"user_add":           {"登记一个人，打印一次性登录链接", "name a person and print a one-time sign-in link"},
		"user_add_examples":  {"amend user add 张敏 --role operator --mail zhangmin@example.com\namend user add 刘洋 --role approver --department 客服部", "amend user add ada --role operator --mail ada@example.com\namend user add bob --role approver --department service"},
		"user_link":          {"给已登记的人发新的登录链接", "make a new sign-in link for a person"},
		"user_link_examples": {"amend user link 张敏", "amend user link ada"},
		"user_list":          {"列出人员和程序", "list people and programs"},
		"person_name":        {"姓名，日志里也用它", "how people and the log call them"},
		"person_role":        {"角色，可写多个：agent steward approver owner auditor privacy integrator operator security", "role, may be repeated: agent steward approver owner auditor privacy integrator operator security"},
		"person_department":  {"部门", "department"},
		"person_mail":        {"邮箱，通知发到这里", "address for notices"},

		"token":                 {"发令牌，列出和撤销令牌", "make, list and revoke bearer tokens"},
		"token_add":             {"给人或程序发一个令牌，只显示一次", "make a bearer token for a person or program; it is shown once"},
		"token_add_examples":    {"export AMEND_TOKEN=$(amend token add 张敏 --role operator)\namend token add app --role app", "export AMEND_TOKEN=$(amend token add ada --role operator)\namend token add app --role app"},
		"token_role":            {"角色；app 和 portal 是程序", "role; app and portal are programs"},
		"token_list":            {"按持有者列出令牌，不显示令牌本身", "list tokens by their holders; never the tokens"},
		"token_revoke":          {"撤销一个令牌，立即生效", "revoke a token, at once"},
		"token_revoke_examples": {"amend token list\namend token revoke 06j3k0v5t8a2m9q4x1cd", "amend token list\namend token revoke 06j3k0v5t8a2m9q4x1cd"},
		"token_id":              {"令牌的编号，amend token list 里有", "the token's id, as amend token list shows it"},

		"import":                  {"导入客户资料，批准导入", "bring customers in from a file, or approve that"},
		"import_file":             {"把一个 CSV 或 XLSX 文件作为迁移导入：数值为继承，可信等级 D，逐条留痕", "bring a CSV or XLSX file in as a migration: values inherited, grade D, on record"},
		"import_file_examples":    {"amend import kehu.csv --migration --operator 张敏\namend import kehu.csv --migration --mapping kehu.json --held-since 2024-01-31\n中断了就再运行一次，会接着做", "amend import people.csv --migration --operator ada\namend import people.csv --migration --mapping people.json --held-since 2024-01-31\nInterrupted? Run it again: it goes on where it stopped"},
		"import_propose":          {"把一个文件的每一行作为变更申请提交，按策略逐条办理", "file every row of a file as a proposal: policy decides each of them"},
		"import_propose_examples": {"amend import propose xiansuo.xlsx --source event:chunzhan --reason 春季展会线索 --dry-run", "amend import propose leads.xlsx --source event:spring-fair --reason 'leads of the fair' --dry-run"},
		"import_source":           {"是谁说的：vendor:名称、event:名称、survey:名称、system:名称", "whose word it is: vendor:NAME, event:NAME, survey:NAME, system:NAME"},
		"import_reason":           {"为什么提交，写进每条申请", "why, for every request"},
		"import_dry_run":          {"只统计会怎样，不提交", "only count what it would do"},
		"import_approve":          {"批准别人的导入", "let somebody else's import go ahead"},
		"import_approve_examples": {"AMEND_TOKEN=… amend import approve 06j3k0v5t8a2m9q4x1cd", "AMEND_TOKEN=… amend import approve 06j3k0v5t8a2m9q4x1cd"},
		"import_path":             {"CSV 或 XLSX 文件，第一行是列名", "CSV or XLSX file, names of columns first"},
		"import_migration":        {"作为迁移导入", "bring it in as a migration"},
		"import_mapping":          {"列与字段的对应（JSON）；不给就猜", "which columns make which fields (JSON); guessed if not given"},
		"import_encoding":         {"文件的编码：utf-8、gb18030（gbk）、utf-16le、utf-16be、windows-1252；不给就识别", "encoding of the file: utf-8, gb18030 (gbk), utf-16le, utf-16be, windows-1252; recognised if not given"},
		"import_sheet":            {"工作簿里的工作表；默认第一个可见的", "sheet of a workbook; the first one that is shown by default"},
		"import_held_since":       {"这些联系方式从哪天起在用（年-月-日）；默认今天", "since when its contacts were held (YYYY-MM-DD); today by default"},
		"import_operator":         {"空库第一次导入由谁负责", "who answers for the first load of an empty database"},
		"import_errors":           {"问题行写到哪个文件；默认 文件名.errors.csv", "where rows with problems go; FILE.errors.csv by default"},
		"import_run":              {"导入编号", "id of the run"},

		"key":                  {"备份、恢复、核对主密钥", "back up, restore and check the master key"},
		"key_backup":           {"用口令封存密钥的一份副本", "write a copy of the key, sealed with a passphrase"},
		"key_backup_examples":  {"amend key backup /media/usb/amend.key.backup\nAMEND_PASSPHRASE_FILE=/run/secrets/pass amend key backup amend.key.backup", "amend key backup /media/usb/amend.key.backup\nAMEND_PASSPHRASE_FILE=/run/secrets/pass amend key backup amend.key.backup"},
		"key_restore":          {"从备份恢复密钥", "bring the key back from a backup"},
		"key_restore_examples": {"amend key restore /media/usb/amend.key.backup", "amend key restore /media/usb/amend.key.backup"},
		"key_check":            {"核对密钥是否属于这里的数据", "check that the key belongs to the data"},
		"key_file":             {"备份文件", "the backup's file"},

		"catalog":      {"查看字段目录", "see the catalogue of fields"},
		"catalog_show": {"列出全部字段", "list every field"},

		"receipt":                 {"核对客户的变更回执", "check customers' receipts"},
		"receipt_verify":          {"离线核对一份回执，不需要数据和密钥", "check a receipt offline; needs neither data nor key"},
		"receipt_verify_examples": {"amend receipt verify receipt.html --key log.pub\namend receipt verify receipt.json --key 'example.com/log+1a2b3c4d+A…' --witness safe.pub", "amend receipt verify receipt.html --key log.pub\namend receipt verify receipt.json --key 'example.com/log+1a2b3c4d+A…' --witness safe.pub"},
		"receipt_key":             {"打印日志的公钥，公布它", "print the log's public key, to be published"},
		"receipt_path":            {"回执文件（JSON 或网页）", "the receipt (JSON or page)"},
		"receipt_pub":             {"日志的公钥，或存有它的文件", "the log's public key, or a file that holds it"},
		"receipt_witness":         {"见证的公钥，或存有它的文件；每一个都必须签过", "a witness's public key, or a file that holds it; each must have signed"},

		"log":                 {"核对变更日志", "check the log of changes"},
		"log_verify":          {"重放整份日志，核对签名、每条记录和每份档案", "replay the whole log and check its signature, every entry and every record"},
		"log_verify_examples": {"amend log verify\namend log verify --key log.pub", "amend log verify\namend log verify --key log.pub"},
		"log_checkpoint":      {"打印最新的签名日志头", "print the newest signed head"},

		"rebuild":          {"用日志重建每份档案，逐字节核对", "rebuild every record from the log and compare byte by byte"},
		"rebuild_examples": {"amend rebuild --check", "amend rebuild --check"},
		"rebuild_check":    {"只核对，不写", "compare only; nothing is written"},

		"simulate":          {"用种子推演整个程序：故障、抢先、重复，核对每条不变量", "play the whole program from a seed, with failures, races and repeats, and check every invariant"},
		"simulate_examples": {"amend simulate --seed 7 --trace\namend simulate --seeds 1..10000\namend simulate --fault code_revived --seeds 1000", "amend simulate --seed 7 --trace\namend simulate --seeds 1..10000\namend simulate --fault code_revived --seeds 1000"},
		"simulate_seed":     {"种子；同一个种子逐条记录都相同", "the seed; the same one makes the same run, entry by entry"},
		"simulate_seeds":    {"许多种子：A..B，或前 N 个；遇到第一个不成立的就停", "many seeds: A..B, or the first N; it ends at the first that breaks"},
		"simulate_requests": {"每个种子提交多少份申请；默认 100", "how many requests each seed files; 100 by default"},
		"simulate_fault":    {"埋下一个故障，看它是否被发现；名字不对时列出全部", "plant a fault, to see that it is found; an unknown name lists them all"},
		"simulate_trace":    {"逐步打印发生的事", "print every step"},

		"generate":            {"编造客户名单，供测试和演练，并说明哪些行重复、哪些行有错", "make up a list of customers for tests and drills, and say where its duplicates and errors are"},
		"generate_examples":   {"amend generate --customers 10000 --out kehu.csv --truth daan.csv\namend generate --customers 500 --kind organization --chinese 1\namend generate --customers 1000000 --seed 7 --out - | gzip > kehu.csv.gz\n这些客户并不存在：邮箱和号码都不通", "amend generate --customers 10000 --out people.csv --truth truth.csv\namend generate --customers 500 --kind organization --chinese 0\namend generate --customers 1000000 --seed 7 --out - | gzip > people.csv.gz\nNobody in it exists: no mail address and no number is anybody's"},
		"generate_customers":  {"写多少行", "how many rows to write"},
		"generate_seed":       {"种子，默认 1；同一个种子总是同一份名单，行数少的是行数多的开头", "seed, 1 by default; the same one always makes the same list, and a shorter list begins a longer one"},
		"generate_kind":       {"person（个人，默认）或 organization（企业）", "person (by default) or organization"},
		"generate_chinese":    {"中国客户的比例，其余是西方客户；默认 0.5", "share of customers from China, the others are western; 0.5 by default"},
		"generate_duplicates": {"重复客户（同一个人，写法不同）的比例；默认 0.05", "share of rows that repeat an earlier customer, written differently; 0.05 by default"},
		"generate_errors":     {"有一处错误的行的比例；默认 0.01", "share of rows with one value that can't be right; 0.01 by default"},
		"generate_out":        {"写到哪个文件，- 是标准输出；默认 invented.csv，不覆盖已有的文件", "where the list goes, - for standard output; invented.csv by default, and no file is overwritten"},
		"generate_truth":      {"把重复和错误的位置写到哪个文件", "where to write which rows are duplicates and which have errors"},

		"backup":                 {"备份整个数据库，核对备份", "back up the whole database, and check backups"},
		"backup_key":             {"生成备份密钥，打印公钥；在别的机器上做", "make the key that opens backups and print its public half; on another machine"},
		"backup_key_examples":    {"amend backup key /media/usb/amend.backup.key", "amend backup key /media/usb/amend.backup.key"},
		"backup_key_file":        {"私钥写到哪个文件；不覆盖已有的文件", "where the secret half goes; no file is overwritten"},
		"backup_make":            {"把此刻的全部数据加密写进一个文件，服务不停", "write everything as it is now into one encrypted file, beside a running server"},
		"backup_make_examples":   {"AMEND_BACKUP_RECIPIENT=age1… amend backup make /backup/amend-$(date +%F-%H%M).age\namend backup make amend.age --recipient age1… --recipient age1…", "AMEND_BACKUP_RECIPIENT=age1… amend backup make /backup/amend-$(date +%F-%H%M).age\namend backup make amend.age --recipient age1… --recipient age1…"},
		"backup_verify":          {"恢复到临时目录逐项核对，并证明它是现有日志的开头；不改动现有数据", "restore it into a temporary folder, check all of it, and prove that its log begins the live one; nothing live is touched"},
		"backup_verify_examples": {"amend backup verify amend.age --identity /media/usb/amend.backup.key", "amend backup verify amend.age --identity /media/usb/amend.backup.key"},
		"backup_file":            {"备份文件", "the backup"},
		"backup_recipient":       {"备份公钥，或存有它的文件，可给多个；也可设 AMEND_BACKUP_RECIPIENT，用逗号分开", "public key for backups, or a file that holds it; may be repeated, or set as AMEND_BACKUP_RECIPIENT with commas"},
		"backup_identity":        {"备份密钥文件", "file of the key that opens backups"},

		"restore":          {"从备份恢复到还没有数据库的地方，再逐项核对", "bring a backup back where no database is yet, and check all of it"},
		"restore_examples": {"amend key restore /media/usb/amend.key.backup\namend restore amend.age --identity /media/usb/amend.backup.key\nAMEND_DATABASE_URL=postgres://amend@db/amend amend restore amend.age --identity /media/usb/amend.backup.key", "amend key restore /media/usb/amend.key.backup\namend restore amend.age --identity /media/usb/amend.backup.key\nAMEND_DATABASE_URL=postgres://amend@db/amend amend restore amend.age --identity /media/usb/amend.backup.key"},

		"doctor":          {"显示生效的设置，检查一切是否正常，说明怎么办", "show what is in force, check that all is well, and say what to do"},
		"doctor_examples": {"amend doctor\namend doctor --deep\nAMEND_TOKEN=… amend doctor --deep --mend", "amend doctor\namend doctor --deep\nAMEND_TOKEN=… amend doctor --deep --mend"},
		"doctor_deep":     {"逐行检查全部档案、申请和日志；百万客户要几分钟", "look at every record, request and entry; minutes at a million customers"},
		"doctor_mend":     {"重新生成检索、待同步和排队；档案和日志不动", "work out search, deliveries and queues anew; records and the log stay as they are"},

		"support":          {"把诊断资料写成一个压缩包，不含客户资料和秘密", "write a bundle for whoever helps you, without customers or secrets"},
		"support_examples": {"amend support amend-support.zip\namend support amend-support.zip --deep", "amend support amend-support.zip\namend support amend-support.zip --deep"},
		"support_file":     {"压缩包，不覆盖已有的文件", "the bundle; no file is overwritten"},

		"version": {"打印版本", "print the version"},
	}
}

func settingWords() map[string][2]string {
	return map[string][2]string{
		"config_addr":          {"监听地址", "where to listen"},
		"config_console_addr":  {"员工控制台单独监听的地址；不设则与客户网站同一地址", "address of the staff console alone; unset: where customers are, below /console/"},
		"config_console_url":   {"员工访问控制台的地址，所有员工链接以它开头", "where staff reach the console; every link of theirs begins with it"},
		"config_proxies":       {"前置代理的地址或网段，只有它们报告的来源地址可信", "addresses or ranges of proxies in front, whose word on a caller's address is believed"},
		"config_environment":   {"控制台上显示的环境：production、test、demo", "environment that the console shows: production, test, demo"},
		"config_base_url":      {"客户访问的地址，所有链接以它开头", "where customers reach us; every link begins with it"},
		"config_data":          {"数据目录", "data directory"},
		"config_database_url":  {"sqlite:///路径 或 postgres://…；默认用数据目录里的文件", "sqlite:///path or postgres://…; a file in the data directory by default"},
		"config_key_file":      {"主密钥文件；默认在数据目录里", "master key; in the data directory by default"},
		"config_brand":         {"客户认识的名称", "how customers know you"},
		"config_hotline":       {"客户可以拨打的真实号码", "the real number that customers call"},
		"config_lang":          {"语言；默认随终端", "language; the terminal's by default"},
		"config_time_zone":     {"公司所在时区", "where the company works"},
		"config_smtp_url":      {"smtp://用户:密码@主机:587 或 smtps://…；本机上可加 ?starttls=off", "smtp://user:password@host:587 or smtps://…; on this machine ?starttls=off may follow"},
		"config_mail_from":     {"发件地址", "address that mail comes from"},
		"config_sms_url":       {"短信网关", "SMS gateway"},
		"config_sms_token":     {"短信网关的令牌", "its bearer token"},
		"config_sms_secret":    {"短信网关的签名密钥", "its signing secret"},
		"config_sms_mapping":   {"短信网关应答的含义（JSON）", "what its answers mean (JSON)"},
		"config_on_call":       {"出了问题通知谁；同级用逗号，上一级用分号：mail:ops@example.com,sms:+8613800000000;mail:head@example.com", "who is told of trouble; commas within a level, a semicolon before the next: mail:ops@example.com,sms:+8613800000000;mail:head@example.com"},
		"config_witness_file":  {"见证文件，放在另一块磁盘上", "file of the witness, on another disk"},
		"config_catalog_file":  {"公司自己的字段（JSON）", "the company's own fields (JSON)"},
		"config_calendar_file": {"公司自己的工作日历（JSON）", "the company's own calendar (JSON)"},
		"config_allow":         {"允许连接的内网主机和网段", "inside hosts and ranges that may be called"},
		"config_log_level":     {"日志级别：debug info warn error", "how much is logged: debug info warn error"},
	}
}
