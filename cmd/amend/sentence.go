package main

import (
	"strings"

	"amend/fault"
)

// ownSentence says the faults that only the command line meets.
func (a *app) ownSentence(f *fault.Error) (string, bool) {
	both, ok := ownFaults()[f.Code]
	if !ok {
		return "", false
	}
	sentence := a.pick(both[0], both[1])
	for name, value := range f.Params {
		sentence = strings.ReplaceAll(sentence, "{"+name+"}", value)
	}
	return sentence, true
}

// ownFaults is their sentences, Chinese and English.
func ownFaults() map[string][2]string {
	return map[string][2]string{
		"base_url_bad":           {"AMEND_BASE_URL 须为 https://主机，不带路径", "AMEND_BASE_URL must be https://host, without a path"},
		"base_url_plain":         {"{host} 不在本机：AMEND_BASE_URL 须为 https，链接里有凭证", "{host} isn't this machine: AMEND_BASE_URL must be https, because links carry secrets"},
		"hotline_missing":        {"设置 AMEND_HOTLINE：每条消息都写明客户可以拨打的真实号码", "Set AMEND_HOTLINE: every message names a real number that customers can call"},
		"mail_from_missing":      {"设置 AMEND_MAIL_FROM：邮件的发件地址，退信也回到这里", "Set AMEND_MAIL_FROM: the address that mail comes from and bounces return to"},
		"time_zone_unknown":      {"不认识时区 {zone}，例：Asia/Shanghai", "There's no time zone {zone}. Try Asia/Shanghai"},
		"secret_twice":           {"{name} 与 {name}_FILE 只能设置一个", "Set {name} or {name}_FILE, not both"},
		"secret_unreadable":      {"读不了 {name} 指向的文件 {path}", "{name} points to {path}, which can't be read"},
		"setting_unreadable":     {"读不了 {name} 指向的文件 {path}", "{name} points to {path}, which can't be read"},
		"no_database":            {"这里还没有数据：运行 amend serve 或 amend user add 即可建立", "There's no data here yet: amend serve or amend user add makes it"},
		"key_unknown":            {"这个数据库没有写明属于哪把密钥，因此不打开。用备份恢复它", "This database doesn't say which key it belongs to, so it stays closed. Restore it from a backup"},
		"key_missing":            {"找不到密钥文件 {path}。数据没有动过。恢复密钥：amend key restore 备份文件", "There's no key file at {path}. Nothing was changed. Bring the key back: amend key restore FILE"},
		"key_wrong":              {"密钥与数据不符：现有 {have}，需要 {want}。数据没有动过。移开这把密钥，再恢复原来的：amend key restore 备份文件", "This isn't the key of this data: we have {have} and need {want}. Nothing was changed. Move this key away, then bring the right one back: amend key restore FILE"},
		"token_needed":           {"设置 AMEND_TOKEN：这一步要有名有姓的人来做。没有令牌：amend token add 姓名 --role steward", "Set AMEND_TOKEN: this needs a named person. No token yet: amend token add NAME --role steward"},
		"passphrase_needed":      {"没有口令：在终端输入，或用 AMEND_PASSPHRASE_FILE 指定文件", "There's no passphrase: type it at a terminal, or name a file in AMEND_PASSPHRASE_FILE"},
		"passphrase_differs":     {"两次输入的口令不同", "The two passphrases differ"},
		"file_unreadable":        {"读不了文件 {path}", "{path} can't be read"},
		"address_taken":          {"监听不了 {addr}：地址已被占用或不可用。换一个：AMEND_ADDR", "Can't listen on {addr}: it's taken or isn't ours. Choose another: AMEND_ADDR"},
		"witness_key_missing":    {"见证记得一个日志头，但密钥 {path} 不见了。恢复它，不要重建", "The witness remembers a head, but its key {path} is gone. Restore it; don't make a new one"},
		"witness_key_unreadable": {"见证文件 {path} 损坏。从备份恢复", "The witness's file {path} is damaged. Restore it from a backup"},
		"witness_other_log":      {"见证文件 {path} 记的是另一份日志", "The witness file {path} remembers another log"},
		"witness_rewound":        {"日志比见证记得的短：现有 {size}，见证过 {seen}。数据库可能被换成旧的。请立即联系安全管理员", "The log is shorter than the witness remembers: {size} now, {seen} seen. An old copy may have been put back. Contact security now"},
		"policy_other":           {"生效的策略是第 {have} 版，不是 {want}", "The policy in force is version {have}, not {want}"},
		"log_empty":              {"日志还是空的，或还没有签名", "The log is empty, or not signed yet"},
		"bad_date":               {"日期写成 年-月-日，例：2024-01-31", "Write the date as YYYY-MM-DD, as in 2024-01-31"},
		"no_columns":             {"没有一列认得出来。写一个映射文件：--mapping", "No column was recognised. Write a mapping: --mapping"},
	}
}
