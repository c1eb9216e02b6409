package doctor

import "amend/internal/store"

// The remedies that many findings share.
var (
	// callSecurity is for what only a person with access to the database can have done.
	callSecurity = both{"什么都不要改。先留下现状：amend backup make 文件，再联系安全管理员；然后把更早的备份恢复到空的地方：amend restore 文件",
		"Change nothing. Keep what is there (amend backup make FILE) and contact security; then restore an earlier backup into an empty place: amend restore FILE"}
	// restore is for what a disk may have lost.
	restore = both{"停止服务，移开现在的数据库，从备份恢复：amend restore 文件", "Stop the server, move this database away and restore a backup: amend restore FILE"}
	mend    = both{"重新生成：AMEND_TOKEN=… amend doctor --deep --mend", "Make it again: AMEND_TOKEN=… amend doctor --deep --mend"}
	serve   = both{"服务没有运行就启动它：amend serve；在运行就看它的日志", "If the server isn't running, start it: amend serve; if it is, see its log"}
	nothing = both{}
)

func placeWords() map[string]told {
	return map[string]told{
		"disk_tight": {both{"{path} 所在磁盘只剩 {free}", "only {free} free where {path} is"},
			both{"腾出空间或换更大的磁盘；写满后新的申请会被拒绝，已有的不会丢", "Free some, or move to a larger one; a full disk refuses new acts and loses none"}},
		"disk_full": {both{"数据库所在的磁盘满了，新的申请保存不了；已有的完好", "the database's disk is full, so new acts are refused; what is stored is whole"},
			both{"腾出空间；有了空间，服务自己恢复", "Free some space; the server goes on by itself then"}},
		DatabaseAway: {both{"没有应答", "it doesn't answer"},
			both{"数据库在运行吗？连得上吗？看 AMEND_DATABASE_URL 和服务日志", "Is it running, and can it be reached? See AMEND_DATABASE_URL and the server's log"}},
		"corrupt": {both{"文件有损坏", "its file is damaged"}, restore},
		"unread":  {both{"没有读到：{why}", "it couldn't be read: {why}"}, both{"先排除这个原因，再运行一次", "See to that first, then look again"}},
		"schema_older": {both{"结构比这个版本旧，还差：{rows}", "its tables are older than this program; to come: {rows}"},
			both{"先备份：amend backup make 文件，再启动这个版本的服务：amend serve", "Make a backup (amend backup make FILE), then start this version's server: amend serve"}},
		"schema_wrong": {both{"缺少、停用或被改过：{rows}", "missing, switched off or altered: {rows}"}, callSecurity},
		"settings_unsafe": {both{"会丢失已确认的写入：{rows}", "these can lose what was answered as stored: {rows}"},
			both{"在数据库服务器上改回安全的值，再重启它", "Set them to their safe values on the database server, and restart it"}},
		"checksums_off": {both{"数据页没有校验和，磁盘出错看不出来", "pages have no checksums, so a failing disk isn't noticed"},
			both{"停机时打开：pg_checksums --enable", "Switch them on while the server is stopped: pg_checksums --enable"}},
		"clock_back": {both{"本机时间 {now}，比最新记录 {newest} 早 {ahead}", "this machine says {now}, and the newest entry says {newest}: {ahead} later"},
			both{"校准时钟（NTP），再启动服务", "Set the clock right (NTP) before you start the server"}},
	}
}

func workWords() map[string]told {
	return map[string]told{
		"queue_late": {both{"{n} 项，最久等了 {oldest}", "{n}, the oldest for {oldest}"}, serve},
		store.RequestStuck: {both{"{n} 个申请五次没有做成，不再自动重试：{rows}", "{n} failed five times and aren't tried again by themselves: {rows}"},
			both{"按原因处理后重新排队：AMEND_TOKEN=… amend doctor --mend", "See to the reason, then queue them again: AMEND_TOKEN=… amend doctor --mend"}},
		"untaken": {both{"{n} 条通道没有接受，仍在重试", "{n} that no channel took; they're tried again"},
			both{"检查 AMEND_SMTP_URL、AMEND_SMS_URL 和服务日志", "Check AMEND_SMTP_URL, AMEND_SMS_URL and the server's log"}},
		"exceptions": {both{"{n} 项", "{n}"}, both{"需要下游系统的负责人处理：重试或说明跳过", "The systems' owners must act: retry, or skip with a reason"}},
		"systems_paused": {both{"{rows} 已暂停，最久 {longest}；要发给它们的变更在等待", "{rows} paused, the longest for {longest}; what they must hear waits"},
			both{"在控制台的下游页面恢复，或确认暂停的原因还在", "Resume on the console's page of systems, or see that the reason still holds"}},
		store.LeaseFar: {both{"{rows} 被占到 {until}，这段时间谁也不做", "{rows} held until {until}, and nobody works there till then"},
			both{"校准各台服务器的时钟；确认占用者已停，再放开：AMEND_TOKEN=… amend doctor --mend", "Set the servers' clocks right; once the holder is stopped, let go: AMEND_TOKEN=… amend doctor --mend"}},
		"sms_none":  {both{"没有，验证码和通知发不出去", "none, so no code or notice goes out by it"}, both{"设置 AMEND_SMS_URL", "Set AMEND_SMS_URL"}},
		"mail_none": {both{"没有，验证码和通知发不出去", "none, so no code or notice goes out by it"}, both{"设置 AMEND_SMTP_URL", "Set AMEND_SMTP_URL"}},
		"on_call_none": {both{"没有人，出了问题要自己来看", "nobody, so trouble is only found by who looks"},
			both{"设置 AMEND_ON_CALL，例：mail:ops@example.com", "Set AMEND_ON_CALL, such as mail:ops@example.com"}},
	}
}

func wellWords() map[string]told {
	well := func(zh, en string) told { return told{both{zh, en}, nothing} }
	return map[string]told{
		"disk_well":        well("还有 {free}", "{free} free"),
		"key_well":         well("属于这里的数据 {print}", "belongs to the data {print}"),
		"database_well":    well("应答正常，文件完好，{size}（{version}）", "answers, and its pages are whole: {size} ({version})"),
		"database_answers": well("应答正常，{size}（{version}）；逐页检查用 --deep", "answers: {size} ({version}); --deep reads every page"),
		"schema_well":      well("齐全，防改动的触发器在工作", "all there, and the triggers that keep the log final work"),
		"settings_well":    well("写入确认后不会丢", "what is answered as stored is on the disk"),
		"clock_well":       well("不早于最新记录", "not behind the newest entry"),
		"log_idle":         well("{signed} 条已签名，没有在等的", "{signed} entries signed, none waiting"),
		"log_well":         well("{signed} 条已签名，{waiting} 条在等，最久 {oldest}", "{signed} entries signed, {waiting} waiting, the oldest for {oldest}"),
		"witness_well":     well("最新日志头 {size}", "newest head {size}"),
		"queue_well":       well("{n} 项，最久等了 {oldest}", "{n}, the oldest for {oldest}"),
		"none":             well("{n}", "{n}"),
		"systems_well":     well("没有长时间暂停的", "none is paused for long"),
		"leases_well":      well("没有被占住不放的", "none is held for too long"),
		"recent_well":      well("{n} 份与日志一致，另有 {requests} 个申请；全部检查用 --deep", "{n} as the log has them, with {requests} requests; --deep looks at all"),
		"records_well":     well("{n} 份，与日志逐字节相同", "{n}, byte for byte as the log makes them"),
		"requests_well":    well("{n} 个，与日志相符", "{n}, as the log has them"),
		"keys_well":        well("每份档案都能打开", "every record opens"),
		"search_well":      well("每份档案都能检索到", "every record is found"),
		"relations_well":   well("与档案相符", "as the records say"),
		"deliveries_well":  well("每份都在通知订阅的系统", "every system that follows a record is told"),
		"causes_well":      well("{n}", "{n}"),
	}
}
