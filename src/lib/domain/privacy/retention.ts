/** One sweep of the retention job: how many days after which moment the rows go, and why then. */
export interface Retention {
	days: number;
	/** Since when the days count. */
	from: string;
	source: string;
	/** The number is ours; no source gives it. */
	assumed: boolean;
}

const LOGS = 'DPDP Rules 2025, r.6(1)(e) and r.8(3): logs of processing for one year';

/**
 * How long things are kept that no citizen has to ask for. Not in here, because nothing of it is ever
 * swept: grievances and their timelines, the ledger of consents, and `access_log`, the hash-chained
 * proof of who looked (it names posts, persons of the staff and cases, nothing of the citizen).
 */
export const RETENTION = {
	otp_codes: {
		days: 2,
		from: 'made',
		source: 'wait times between codes look back one day',
		assumed: true,
	},
	rate_limits: { days: 1, from: 'end of the window', source: 'nothing reads them', assumed: true },
	sessions: { days: 1, from: 'expiry', source: 'nothing reads them', assumed: true },
	staff_sign_ins: { days: 1, from: 'expiry', source: 'nothing reads them', assumed: true },
	rights_to_file: {
		days: 1,
		from: 'expiry, of those nobody used',
		source: 'nothing was filed with them; used ones are the record of who acted',
		assumed: true,
	},
	answered_requests: {
		days: 7,
		from: 'made',
		source: 'a browser repeats a request within minutes',
		assumed: true,
	},
	drafts: {
		days: 90,
		from: 'last change',
		source: 'DPDP Act 2023, s.8(7): the purpose is no longer served',
		assumed: true,
	},
	card_photos: {
		days: 0,
		from: 'end of the grievance',
		source: 'the notice: shown to the hearing officer, and then to nobody',
		assumed: false,
	},
	otp_messages: {
		days: 2,
		from: 'made',
		source: 'the code is dead after ten minutes',
		assumed: true,
	},
	messages: { days: 365, from: 'made', source: LOGS, assumed: false },
	video_events: { days: 365, from: 'received', source: LOGS, assumed: false },
} as const satisfies Record<string, Retention>;

export type Sweep = keyof typeof RETENTION;
