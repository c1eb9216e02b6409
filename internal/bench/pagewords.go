package bench

import "amend/internal/lang"

// words are what the page of figures says around its figures.
type words struct {
	title, intro, chart, columns, farther, disk, slope, peers, peersText string
}

func pageWords(l lang.Lang) words {
	if l == lang.ZH {
		return words{
			title: "有多快",
			intro: "每个数字都是同一次运行里的比较：下限是同样的语句、行和字节，没有产品在外面；下限与产品轮流运行，取各轮的中位数。\n" +
				"机器有忙有闲，同一个程序曾相差六倍，所以看比值，不看单独的数字。每一行都写着提交、日期、负载和重测的命令。\n" +
				"本页由 `go run ./internal/bench/page docs/runs docs` 从 `docs/runs` 写成。",
			chart:   "客户增多时的速度",
			columns: "| 项目 | 客户数 | 下限 | 实测 | 比值 | 目标 | 其他 | 提交 | 日期 | 负载 | 重测 |\n|---|---|---|---|---|---|---|---|---|---|---|",
			farther: "往上推算",
			disk:    "每位客户 %s 字节（%s 位客户的名单），%s 位客户约 %s GiB",
			slope:   "%s：客户每多十倍保留 %s%%（到 %s 位客户时 %s），%s 位客户时约 %s",
			peers:   "别人的数字",
			peersText: "另外测得，2026-11，同一类两核机器；本程序从不运行别人的软件。\n\n" +
				"- PocketBase 0.39，REST 更新加一行历史，一个事务，`synchronous=NORMAL`：1 / 8 / 32 个客户端每秒 1,765 / 2,333 / 1,970 次，p99 5 / 15 / 68 毫秒\n" +
				"- Directus 10.13，PostgreSQL，开启修订：每秒 186 / 292 / 277 次\n" +
				"- Splink 4，DuckDB，百万条记录查重：46.5 秒",
		}
	}
	return words{
		title: "How fast it is",
		intro: "Every figure is a comparison within one run: the floor is the same statements, rows and bytes with no product around them; floor and product take turns, and medians of the rounds are shown.\n" +
			"Machines are noisy, and the same program has differed by six times, so look at ratios and not at single figures. Each line has its commit, date, load, and the command to run it again.\n" +
			"This page is written by `go run ./internal/bench/page docs/runs docs` from `docs/runs`.",
		chart:   "Speed as customers become more",
		columns: "| Job | Customers | Floor | Ours | Ratio | Goals | Besides | Commit | Date | Load | Run it again |\n|---|---|---|---|---|---|---|---|---|---|---|",
		farther: "Worked out from that",
		disk:    "%s bytes a customer (a list of %s): %s customers take about %s GiB",
		slope:   "%s: each decade keeps %s%% (at %s customers %s): at %s customers about %s",
		peers:   "What others do",
		peersText: "Measured apart, 2026-11, on the same kind of machine with two cores; this program never runs anybody else's.\n\n" +
			"- PocketBase 0.39, a REST update and a history row in one transaction, `synchronous=NORMAL`: 1,765 / 2,333 / 1,970 a second at 1 / 8 / 32 clients, p99 5 / 15 / 68 ms\n" +
			"- Directus 10.13 on PostgreSQL with revisions: 186 / 292 / 277 a second\n" +
			"- Splink 4 on DuckDB, duplicates among a million records: 46.5 s",
	}
}
