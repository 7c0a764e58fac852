package promise

import (
	"fmt"
	"slices"

	"markaz.example/cmd/markaz-torture/victim"
)

// Rows is the table. Below is a directory for copies of files, in memory where there is one; profiles that of device profiles.
func Rows(below, profiles string) []Row {
	return slices.Concat(diskRows(below, profiles), headRows(), roadRows(), floorRows(), apartRows())
}

// Pick gives rows by code, all for none. It reports a code that is none.
func Pick(rows []Row, codes []string) (out []Row, err error) {
	for _, c := range codes {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Code == c })
		if i < 0 {
			return nil, fmt.Errorf("%w: %q", errStranger, c)
		}
		out = append(out, rows[i])
	}
	if len(codes) == 0 {
		return rows, nil
	}
	return out, nil
}

func diskRows(below, profiles string) []Row {
	return []Row{
		{
			Code: "box", Promise: "What was acknowledged is saved", Test: "`cmd/markaz-torture/cut` under the box's ledger",
			Unit: "cuts", Quick: 1000, Full: 10_000, Inside: true, Do: cuts(victim.Ledger),
		},
		{
			Code: "archive", Promise: "The same of headquarters' archive", Test: "`cmd/markaz-torture/cut` under `sync/archive`",
			Unit: "cuts", Quick: 100, Full: 2000, Inside: true, Do: cuts(victim.Archive),
		},
		{
			Code: "raft", Promise: "The same of the raft log, with the archive behind it", Test: "`cmd/markaz-torture/cut` under `sync/quorum`",
			Unit: "cuts", Quick: 30, Full: 1000, Inside: true, Do: cuts(victim.Group),
		},
		{
			Code: "kernel", Promise: "The same on a real kernel, whose drive forgets", Test: "`markaz-rig cut`, the box's ledger alone on ext4 in an emulated machine",
			Word: "make rig-cut CUTS=500", Unit: "cuts", Quick: 20, Full: 500, Do: runs("make --no-print-directory rig-cut CUTS={n} SEED={seed}", "", ""),
		},
		{
			Code: "eio", Promise: "A failed sync misleads nobody", Test: "`cmd/markaz-torture/cut`, an I/O error at each sync of a box's life",
			Unit: "life", Quick: 1, Full: 1, Inside: true, Do: fails(victim.Ledger),
		},
		{
			Code: "eio-archive", Promise: "Nor one of headquarters' archive", Test: "`cmd/markaz-torture/cut`, the same of `sync/archive`",
			Unit: "life", Quick: 1, Full: 1, Inside: true, Do: fails(victim.Archive),
		},
		{
			Code: "flip", Promise: "Damage is found and named", Test: "`cmd/markaz-torture/flip`",
			Unit: "flips", Quick: 500, Full: 20_000, Inside: true, Do: flips(below),
		},
		{
			Code: "full", Promise: "A full disk: presses go on or are refused in words, then all goes on without a restart", Test: "`cmd/markaz-torture/full` under a whole box",
			Unit: "disks", Quick: 2, Full: 50, Inside: true, Do: fulls(profiles),
		},
	}
}

func headRows() []Row {
	return []Row{
		{
			Code: "heads", Promise: "The head never goes back unnoticed", Test: "`edge/boxtest.TestHeads`; `edge/ledger.TestHeadNeverGoesBackUnnoticed`, `TestLostLedgerIsNotBegunAgain`, `TestBehindHeadquarters`",
			Unit: "mixes", Quick: 1, Full: 1000,
			Do: runs("go test ./edge/boxtest -run ^TestHeads$ -timeout 24h -heads {n}", "go test ./edge/boxtest -run ^TestHeadsControl$ -count=1", ""),
		},
		{
			Code: "clock", Promise: "Every stamp of a boot that was told the time is placed, and no clock keeps a box from serving", Test: "`edge/clock.TestHistories`, `edge/boxtest.TestBoxWithAClockOfNoUse`, `TestHeadquartersRenewedMeanwhile`, `TestBackAfterALongOutage`",
			Unit: "rounds of 20,000 histories", Quick: 1, Full: 10,
			Do: runs("go test ./edge/clock ./edge/boxtest -run ^(TestHistories|TestBoxWithAClockOfNoUse|TestHeadquartersRenewedMeanwhile|TestBackAfterALongOutage)$ -timeout 12h -count={n}", "", ""),
		},
		{
			Code: "hostile", Promise: "Strangers neither stop a floor nor fill its memory", Test: "`markaz-sim hostile`, `edge/boxtest.TestFloorGoesOnUnderHostileInput`",
			Word: "make hostile FOR=1h", Unit: "seconds", Quick: 30, Full: 3600, Do: runs("bin/markaz-sim hostile --for {n}s", "", ""),
		},
		{
			Code: "theft", Promise: "A stolen box tells nothing", Test: "`markaz-sim theft`",
			Word: "make theft", Unit: "families", Quick: 4, Full: 60, Do: runs("make --no-print-directory theft THEFT={n}", "", ""),
		},
	}
}

func roadRows() []Row {
	return []Row{
		{
			Code: "sim", Promise: "Headquarters has each record once and in order", Test: "`sync/ingest.TestPromisesHoldBySeed`",
			Word: "make sim", Unit: "seeds", Quick: 2000, Full: 100_000,
			Do: runs("go test ./sync/ingest -run TestPromisesHoldBySeed -v -timeout 12h -seeds {n} -seed {seed}",
				"go test ./sync/ingest -run TestPlantedBugsAreCaught -count=1", ""),
		},
		{
			Code: "nodes", Promise: "Any node may die at any moment, all may lose power together", Test: "`markaz-sim chaos-sync`, `sync/quorum.TestHistoryIsLinearizable`",
			Word: "make chaos-sync FOR=60m", Unit: "seconds", Quick: 120, Full: 3600,
			Do: runs("bin/markaz-sim chaos-sync --for {n}s --seed {seed}", "", "bin/markaz-sim chaos-sync --for 60s --liar --seed {seed}"),
		},
		{
			Code: "line", Promise: "The line may do anything", Test: "`sync/faultnet.TestFaults`, `sync/ingest.TestEveryLineIsUsed`, `sync/ingest.TestADeadLineIsNoticed`",
			Unit: "rounds", Quick: 1, Full: 20,
			Do: runs("go test ./sync/faultnet ./sync/ingest -run ^(TestFaults|TestEveryLineIsUsed|TestALineChangesInMidDrain|TestADeadLineIsNoticed)$ -timeout 12h -count={n}", "", ""),
		},
		{
			Code: "poison", Promise: "One poison record blocks no one", Test: "`sync/quorum.TestPoisonAmongMany`, `sync/hq.TestPoisonIsRefused`, `sync/ingest.TestOddRecordHoldsUpNobody`",
			Unit: "rounds", Quick: 1, Full: 100,
			Do: runs("go test ./sync/quorum ./sync/hq ./sync/ingest -run ^(TestPoisonAmongMany|TestPoisonIsRefused|TestOddRecordHoldsUpNobody)$ -timeout 12h -count={n}", "", ""),
		},
		{
			Code: "fork", Promise: "A fork is set aside, others are unharmed", Test: "`edge/boxtest.TestBackupPutBackUnderTraffic`, `TestClonedDisk`, `TestForkAtAFollower`, `sync/hq.TestForkIsSetAside`",
			Unit: "forks", Quick: 1, Full: 200,
			Do: runs("go test ./edge/boxtest ./sync/hq -run ^(TestBackupPutBackUnderTraffic|TestClonedDisk|TestForkAtAFollower|TestForkIsSetAside)$ -timeout 12h -count={n}", "", ""),
		},
		{
			Code: "fuzz", Promise: "No decoder falls", Test: "every Fuzz target", Word: "make fuzz",
			Unit: "seconds a target", Quick: 0, Full: 600, Do: runs("make --no-print-directory fuzz T={n}s", "", ""),
		},
	}
}

func floorRows() []Row {
	return []Row{
		{
			Code: "paper", Promise: "Paper is never lost and never there twice", Test: "`markaz-sim chaos-print`, `devices/printer.TestUnplugAtEveryByte`",
			Word: "make chaos-print", Unit: "papers", Quick: 20, Full: 1000,
			Do: runs("bin/markaz-sim chaos-print --jobs {n} --seed {seed}", "", "bin/markaz-sim chaos-print --jobs 40 --liar --seed {seed}"),
		},
		{
			Code: "remade", Promise: "A box is made anew from headquarters, byte for byte", Test: "`edge/boxtest.TestALostBoxIsMadeAnew`, `edge/boxtest.TestRestorationIsKilled`",
			Unit: "boxes", Quick: 1, Full: 50,
			Do: runs("go test ./edge/boxtest -run ^(TestALostBoxIsMadeAnew|TestRestorationIsKilled)$ -timeout 12h -count={n}", "", ""),
		},
		{
			Code: "masks", Promise: "No personal number in any log or record", Test: "`edge/registration.TestNothingPersonalIsRecorded`, `edge/civil.TestEverythingPrintsMasked`, `devices/paypoint.TestNoCardDataAnywhere`",
			Unit: "days", Quick: 1, Full: 1,
			Do: runs("go test ./edge/registration ./edge/civil ./devices/paypoint -run ^(TestNothingPersonalIsRecorded|TestEverythingPrintsMasked|TestNoCardDataAnywhere|TestNoCardDataControl)$ -count={n}", "", ""),
		},
	}
}

// apartRows are listed in every report, as not run.
func apartRows() []Row {
	return []Row{
		{Code: "debian", Promise: "The same of a whole Debian with the package installed", Unit: "kills", Full: 500, Apart: "`make rig-boot KILLS=500`, some eight hours; 20 kills by `make rig-boot`"},
		{Code: "line-hours", Promise: "The line may do anything, each fault for an hour", Unit: "hours", Full: 26, Apart: "`make chaos-sync FOR=26h`, 26 hours, its faults in turn by seed and not an hour each"},
		{Code: "ten-million", Promise: "A box of ten million records is made anew", Unit: "records", Full: 10_000_000, Apart: "no word yet; about an hour"},
		{Code: "days", Promise: "Days on end", Unit: "hours", Full: 72, Apart: "`make crowd FOR=72h`, three days; descriptors and file size are looked at by hand"},
	}
}
