package box

import (
	"os"
	"testing"

	"markaz.example/edge/depot"
	"markaz.example/edge/health"
	"markaz.example/edge/screen"
	"markaz.example/edge/spool"
)

// Everything that the board of a box can show has a text and a remedy in each language.
func TestEveryConditionHasTexts(t *testing.T) {
	codes := []string{
		conditionClock, conditionNoPaper, conditionDown, conditionForked, conditionSettled, conditionTime, conditionRefused, conditionHeir, conditionCertificate, spool.ConditionHeld, health.Overflow,
		conditionNoClips, conditionLoudspeaker,
		conditionDiskScarce, conditionDiskFull, conditionDiskLies, conditionChainBroken, conditionWitness,
		conditionSealOpen, conditionSealLocked, conditionSealMoved, conditionSealLeft,
		conditionVaultMissing, conditionVaultKey, conditionVaultDamaged, conditionVaultKeyless,
		conditionNoPostKey, conditionUnsigned, conditionNewer, conditionNoStaff, conditionGlass, conditionNoPins,
		conditionBackup, conditionUpdateReturned, conditionUpdateRefused,
		depot.ConditionMissing, depot.ConditionRefused, depot.ConditionDisk,
		"device.disconnected", "printer.silent", "printer.cover-open", "printer.paper-out", "printer.paper-low",
		"printer.cutter-jam", "printer.fault", "printer.off-line", // package devices/rack
		"device.silent", "device.babbles", "device.half-answer",
		"finger.wrong-password", "finger.sensor-dirty", "finger.sensor-broken",
		"scale.overload", "scale.underload", "scale.drift", "scale.unit", "scale.fault", "scale.battery-low",
		"finger.not-registered", "finger.tampered", "finger.not-trusted", "finger.wrong-clock", "finger.busy",
		"paypoint.silent", "paypoint.offline", "paypoint.out-of-service", "paypoint.cash-out", "paypoint.cash-low",
		"paypoint.card-reader", "paypoint.paper-out", "paypoint.garbled",
	}
	for _, lang := range []string{"ur", "en"} {
		texts, err := screen.ReadTexts(os.DirFS("../web/page"), screen.Lang(lang))
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			for _, key := range []string{"condition." + code, "remedy." + code} {
				if texts[key] == "" {
					t.Errorf("%s has no %s", lang, key)
				}
			}
		}
	}
}
