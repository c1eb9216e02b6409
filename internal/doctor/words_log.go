package doctor

import "amend/internal/store"

func logWords() map[string]told {
	return map[string]told{
		"log_late":       {both{"{signed} 条已签名，{waiting} 条在等，最久 {oldest}", "{signed} entries signed, {waiting} waiting, the oldest for {oldest}"}, serve},
		"log_key_sealed": {both{"打不开", "it can't be opened"}, restore},
		"log_key_public": {both{"公钥被换掉了，日志无从核对", "its public half was replaced, so nothing about the log can be checked"}, callSecurity},

		store.EntryEdited:        {both{"{n} 条记录被改动：{rows}", "{n} entries altered: {rows}"}, callSecurity},
		store.EntryMissing:       {both{"缺少 {n} 条记录，位置或编号：{rows}", "{n} entries are gone, by place or id: {rows}"}, callSecurity},
		store.EntryUnplaced:      {both{"{n} 条记录没有位置，也不在排队：{rows}", "{n} entries have no place and wait for none: {rows}"}, callSecurity},
		store.LogRowEdited:       {both{"{n} 行散列缺失或被改动：{rows}；记录本身完好", "{n} rows of hashes missing or altered: {rows}; the entries are whole"}, restore},
		store.HeadEdited:         {both{"签名日志头被改动，大小 {rows}", "signed heads altered, of size {rows}"}, callSecurity},
		store.HeadMissing:        {both{"最新的签名日志头不见了，现有 {rows}", "the newest signed head is gone; the one before is {rows}"}, callSecurity},
		store.LogCut:             {both{"日志在 {rows} 之后被截断", "the log was cut off behind {rows}"}, callSecurity},
		store.LogAltered:         {both{"日志与签名的头 {rows} 不符", "the log isn't the one that head {rows} signs"}, callSecurity},
		store.LogDoubtful:        {both{"最近的记录接不上签名的头", "the newest entries don't lead to the signed head"}, both{"查清是哪里：amend doctor --deep", "See where: amend doctor --deep"}},
		store.EffectsEdited:      {both{"{n} 处对档案的修改与当时不同：{rows}", "{n} entries or records whose changes aren't what they were: {rows}"}, callSecurity},
		store.EntryWordsUnproven: {both{"{n} 条记录的密封内容打不开或不见了：{rows}", "{n} entries whose sealed words don't open, or are gone: {rows}"}, callSecurity},

		"witness_none": {both{"没有，数据库被换成旧的看不出来", "none, so an old copy put back isn't found out"},
			both{"设置 AMEND_WITNESS_FILE，放在另一块磁盘上", "Set AMEND_WITNESS_FILE, on another disk"}},
		"witness_waits": {both{"先处理日志的问题，再比对", "it's compared once the log is right"}, nothing},
		"witness_empty": {both{"{path} 还没有记下日志头", "nothing is remembered at {path}"},
			both{"它的磁盘接好了吗？第一次用则启动服务：amend serve", "Is its disk mounted? If it's new, start the server: amend serve"}},
		"witness_stale": {both{"停在 {seen}（{since}），最新日志头 {size}", "it stopped at {seen} ({since}); the newest head is {size}"},
			both{"服务在运行吗？看它的日志：见证文件可能写不进去", "Is the server running? See its log: the witness's file may not be writable"}},
		"witness_ahead": {both{"日志比见证记得的短：现有 {size}，见证过 {seen}。数据库可能被换成旧的", "the log is shorter than the witness remembers: {size} now, {seen} seen. An old copy may have been put back"},
			both{"不要启动服务。若是误操作，换回新的数据库；否则联系安全管理员", "Don't start the server. If it was a slip, put the newer database back; if not, contact security"}},
		"witness_forked": {both{"日志到 {size} 不是见证在 {seen} 看到的那一份", "the log of {size} isn't the one that the witness saw at {seen}"}, callSecurity},
	}
}

func recordWords() map[string]told {
	return map[string]told{
		store.RecordEdited:       {both{"{n} 份被直接改动：{rows}", "{n} altered behind Amend's back: {rows}"}, callSecurity},
		store.RecordInserted:     {both{"{n} 份来路不明，日志里没有：{rows}", "{n} that the log knows nothing of: {rows}"}, callSecurity},
		store.RecordMissing:      {both{"{n} 份在日志里，却不在库里：{rows}", "{n} in the log, and not in the database: {rows}"}, callSecurity},
		store.RecordPutBack:      {both{"{n} 份被换回旧版本：{rows}", "{n} put back to an older version: {rows}"}, callSecurity},
		store.RecordEntryMissing: {both{"{n} 份缺少产生它的记录：{rows}", "{n} whose making isn't in the log: {rows}"}, callSecurity},
		store.KeyMissing:         {both{"{n} 份没有密钥，读不出：{rows}", "{n} records have none and can't be read: {rows}"}, restore},
		store.KeyWrong:           {both{"{n} 份的密钥不是它的：{rows}", "{n} records have one that isn't theirs: {rows}"}, callSecurity},
		store.ValuesUnreadable:   {both{"{n} 份的值打不开：{rows}", "{n} records whose values don't open: {rows}"}, callSecurity},
		store.Causeless:          {both{"{n} 份档案：{rows}", "{n} records: {rows}"}, callSecurity},

		store.RequestEdited:    {both{"{n} 个被直接改动：{rows}", "{n} altered behind Amend's back: {rows}"}, callSecurity},
		store.RequestInserted:  {both{"{n} 个来路不明，日志里没有：{rows}", "{n} that the log knows nothing of: {rows}"}, callSecurity},
		store.RequestMissing:   {both{"{n} 个在日志里，却不在库里：{rows}", "{n} in the log, and not in the database: {rows}"}, callSecurity},
		store.RequestPutBack:   {both{"{n} 个被换回旧状态：{rows}", "{n} put back to an older state: {rows}"}, callSecurity},
		store.RequestEntryLost: {both{"{n} 个缺少办理记录：{rows}", "{n} with acts that the log lacks: {rows}"}, callSecurity},
		store.RequestIdle:      {both{"{n} 个没有到期时间，会一直停着：{rows}", "{n} that nothing will ever ring, so they stand still: {rows}"}, mend},

		store.TokensMissing:   {both{"{n} 份检索不全：{rows}", "{n} records aren't found by all they hold: {rows}"}, mend},
		store.TokensExtra:     {both{"{n} 份能用它没有的内容检索到：{rows}", "{n} records are found by what they don't hold: {rows}"}, mend},
		store.RelationsWrong:  {both{"{n} 份与档案不符：{rows}", "{n} not as the records say: {rows}"}, mend},
		store.DeliveryMissing: {both{"{n} 项没有通知到系统：{rows}", "{n} that a system isn't told: {rows}"}, mend},
		store.DeliveryIdle:    {both{"{n} 项待同步，却没有到期时间：{rows}", "{n} owed, and never due: {rows}"}, mend},
	}
}
