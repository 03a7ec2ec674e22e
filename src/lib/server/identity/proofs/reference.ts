const REFERENCE = /^(\d{4})(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{3})?$/;
/** Indian Standard Time is UTC+05:30 all year. */
const IST_OFFSET_MS = 5.5 * 3600_000;

/**
 * The instant inside a reference id (last four digits, then yyyyMMddHHmmssSSS in Indian time): when UIDAI
 * signed. The milliseconds may be missing. Null when it is no reference id or names no real date and time.
 */
export function referenceInstant(referenceId: string): Date | null {
	const match = REFERENCE.exec(referenceId);
	if (!match) return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = match
		.slice(2)
		.map((part) => Number(part ?? 0));
	const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms));
	if (!referenceTimestamp(local, 0).startsWith(referenceId.slice(4))) return null;
	return new Date(local.getTime() - IST_OFFSET_MS);
}

/** An instant as `yyyyMMddHHmmssSSS` in Indian time, as in a reference id. */
export function referenceTimestamp(at: Date, offsetMs = IST_OFFSET_MS): string {
	return new Date(at.getTime() + offsetMs).toISOString().replace(/\D/g, '');
}
