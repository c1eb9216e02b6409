package bench

import "amend/internal/lang"

// words are what the page of figures says around its figures.
type words struct {
	title, intro, met, chart, columns, farther, disk, decade, slope, comma, bound, peers, peersText, runs, runColumns, machine string
	databases                                                                                                                  map[string]string
	bounds                                                                                                                     map[string]string // by "job database": what bounds it where it misses a goal
}

func pageWords(l lang.Lang) words {
	databases := map[string]string{"sqlite": "SQLite", "postgres": "PostgreSQL"}
	if l == lang.ZH {
		return words{
			title: "有多快",
			intro: "每个数字都是同一次运行里的比较：**下限**是同样的语句、行和字节，没有产品在外面；下限与产品轮流运行，取各轮的中位数。\n" +
				"机器有忙有闲，同一个程序曾相差六倍，所以看**比值**，不看单独的数字。“最早”是同一行第一次测得的数字，在改动设计之前。\n" +
				"“运行”里的字母指向本页末尾：命令、提交、日期、负载和机器都在那里，读者可以自己重测。\n\n" +
				"测的是什么，用 `amend bench --help` 看。本页由 `go run ./internal/bench/page docs/runs docs` 从 `docs/runs` 写成。",
			met:     "达到 %d 个目标，共 %d 个（各规模、各客户端数分别计）。",
			chart:   "客户增多时的速度",
			columns: "| 项目 | 客户数 | 下限 | 实测 | 比值 | 目标 | 其他 | 最早 | 运行 |\n|---|---|---|---|---|---|---|---|---|",
			farther: "往上推算",
			disk:    "每位客户 %s 字节（%s 位客户的名单），%s 位客户约 %s GiB",
			decade:  "%s：客户每多十倍保留 %s%%（到 %s 位客户时 %s）；%s",
			slope:   "%s 位客户时约 %s",
			comma:   "，",
			bound:   "没有达到的，卡在哪里",
			peers:   "别人的数字",
			peersText: "另外测得，2026-11，同一类两核机器；本程序从不运行别人的软件。\n\n" +
				"- PocketBase 0.39，REST 更新加一行历史，一个事务，`synchronous=NORMAL`：1 / 8 / 32 个客户端每秒 1,765 / 2,333 / 1,970 次，p99 5 / 15 / 68 毫秒\n" +
				"- Directus 10.13，PostgreSQL，开启修订：每秒 186 / 292 / 277 次\n" +
				"- Splink 4，DuckDB，百万条记录查重：46.5 秒",
			runs:       "运行",
			runColumns: "| | 命令 | 提交 | 日期 | 负载 | 机器 |\n|---|---|---|---|---|---|",
			machine:    "%s，%d 核，%s，%s，%s %s",
			databases:  databases,
			bounds:     bounds(1),
		}
	}
	return words{
		title: "How fast it is",
		intro: "Every figure is a comparison within one run: the **floor** is the same statements, rows and bytes with no product around them; floor and product take turns, and medians of the rounds are shown.\n" +
			"Machines are noisy, and the same program has differed by six times, so look at **ratios** and not at single figures. \"First\" is what the line was first measured at, before the design was changed.\n" +
			"The letter of a run points to the end of the page, where its command, commit, date, load and machine stand, so that the reader can do it again.\n\n" +
			"`amend bench --help` says what is measured. This page is written by `go run ./internal/bench/page docs/runs docs` from `docs/runs`.",
		met:     "Goals met: %d of %d (each size and number of clients counts by itself).",
		chart:   "Speed as customers become more",
		columns: "| Job | Customers | Floor | Ours | Ratio | Goals | Besides | First | Run |\n|---|---|---|---|---|---|---|---|---|",
		farther: "Worked out from that",
		disk:    "%s bytes a customer (a list of %s): %s customers take about %s GiB",
		decade:  "%s: each decade keeps %s%% (at %s customers %s); %s",
		slope:   "at %s customers about %s",
		comma:   ", ",
		bound:   "What bounds those that miss",
		peers:   "What others do",
		peersText: "Measured apart, 2026-11, on the same kind of machine with two cores; this program never runs anybody else's.\n\n" +
			"- PocketBase 0.39, a REST update and a history row in one transaction, `synchronous=NORMAL`: 1,765 / 2,333 / 1,970 a second at 1 / 8 / 32 clients, p99 5 / 15 / 68 ms\n" +
			"- Directus 10.13 on PostgreSQL with revisions: 186 / 292 / 277 a second\n" +
			"- Splink 4 on DuckDB, duplicates among a million records: 46.5 s",
		runs:       "Runs",
		runColumns: "| | Command | Commit | Date | Load | Machine |\n|---|---|---|---|---|---|",
		machine:    "%s, %d cores, %s, %s, %s %s",
		databases:  databases,
		bounds:     bounds(0),
	}
}

// bounds are what profiles told of each job that has missed a goal, in English (0) or Chinese (1).
func bounds(in int) map[string]string {
	said := map[string]string{}
	for job, texts := range map[string][2]string{
		"apply sqlite": {
			"SQLite has one writer. Of a change it takes some 165 µs, which are the rows themselves, and the other core some 170 µs to read, decide and seal. With 32 clients these overlap; a lone client waits for one after the other, and so gets about six tenths of the floor. The slowest hundredth waits for a checkpoint of the write-ahead log.",
			"SQLite 只有一个写线程。一次变更占它约 165 微秒，就是那些行本身；另一个核读取、判断、封存约 170 微秒。32 个客户端时两边重叠；只有一个客户端时一步等一步，所以只有下限的六成左右。最慢的百分之一在等预写日志的检查点。"},
		"apply postgres": {
			"Clients, program and server share two cores here. The floor of a change takes 220 µs of them; reading and deciding take some 190 µs in the program and 60 µs in the server on top, and so 0.45 is about what is left. With the server on a machine of its own, what counts is the program's share.",
			"这里客户端、程序和服务器共用两个核。一次变更的下限占 220 微秒；读取和判断在程序里另占约 190 微秒，在服务器里约 60 微秒，所以最多剩 0.45 左右。服务器放在另一台机器上时，只算程序这一份。"},
		"life sqlite": {
			"A life is nine acts that follow each other, with messages that somebody waits for between them: most of it is waiting for the writer in turn. Its 118 statements are the floor, which by itself is below 700 lives a second on this disk.",
			"一生是九个前后相接的操作，中间还要等消息送到：多数时间在排队等写线程。118 条语句就是下限，在这块磁盘上下限自己也不到每秒 700 次。"},
		"life postgres": {
			"Nine acts that follow each other, each with its questions before it: some sixty ways to the server and back, on the two cores that the server needs itself. The floor of the same statements is below 1,000 lives a second here.",
			"九个前后相接的操作，每个之前都要先查询：往返服务器约六十次，用的还是服务器自己需要的两个核。同样语句的下限在这里也不到每秒 1,000 次。"},
		"search postgres": {
			"A number may be a phone, a part of one, a document or a reference, and each meaning is a way to the server and back. With one client that is far below the goal; with eight the two cores are full.",
			"一个号码可能是电话、电话的一部分、证件或编号，每种可能都要往返服务器一次。一个客户端时远低于目标；八个时两个核已经占满。"},
		"sync sqlite": {
			"What a system is told is read, opened and checked record by record, 64 together, so that it hears the record as it is now. Beside 32 clients that change customers, deliveries take the core on which changes are decided.",
			"告诉系统的是记录现在的样子，每条都要读出、解开、核对，64 条一批。旁边有 32 个客户端在改客户时，送达用的正是判断变更的那个核。"},
		"sync postgres": {
			"Each acknowledgement is a row of the server's that is updated by itself, some 14 µs of its core; beside changes, both want the two cores that the clients need too.",
			"每个回执要单独更新服务器里的一行，占它约 14 微秒；旁边有变更时，双方和客户端争用两个核。"},
		"log sqlite":   {"The sequencer and the changes share one writer.", "排序与变更共用一个写线程。"},
		"log postgres": {"The sequencer and the changes share two cores with the server.", "排序、变更和服务器共用两个核。"},
		"import sqlite": {
			"The goal was set for rows with three search tokens. A row of this list has 21 columns: some 17 values, each checked, sealed, committed to and kept in the record and in its entry, with seven tokens. The floor of what that stores is about 11,000 rows a second, two thirds of a core; checking and sealing take the other.",
			"目标是按每行三个检索词定的。这份名单一行 21 列：约 17 个值，每个都要检查、封存、承诺，在记录和日志里各存一份，另有七个检索词。光是存这些，下限约每秒 11,000 行；检查和封存占另一个核。"},
		"import postgres": {
			"As on SQLite: 17 values and seven tokens a row, and the server's rows take as much of the two cores as checking and sealing.",
			"与 SQLite 相同：一行 17 个值、七个检索词，服务器写行与检查、封存各占两个核的一半。"},
		"http sqlite": {
			"Reading the request, finding out who asks (two rows), and writing the answer take some 90 µs, and the client that asks shares the cores.",
			"读请求、查明是谁（两行）、写回答约 90 微秒，发请求的客户端也用这两个核。"},
		"http postgres": {
			"Finding out who asks is a way to the server more, and what is answered another; the client that asks shares the cores.",
			"查明是谁要多往返服务器一次，回答时又一次；发请求的客户端也用这两个核。"},
	} {
		said[job] = texts[in]
	}
	return said
}
