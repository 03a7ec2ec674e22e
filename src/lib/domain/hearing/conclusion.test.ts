import { describe, expect, test } from 'vitest';
import { transitionBooking } from '../appointment/booking.ts';
import { istInstant } from '../calendar/ist.ts';
import { checkConclusion, DISPOSITIONS, effectsOf, lastDueDate, ORDERS } from './conclusion.ts';

const now = istInstant('2026-11-23', '11:00');
const heard: Parameters<typeof checkConclusion>[0] = {
	hearingState: 'in_session',
	disposition: 'heard',
	order: 'none_yet',
	reasons: null,
	directions: [],
	nextSlotStart: null,
	now,
};
const report = { kind: 'report', postId: 'secretary', dueDate: '2026-11-30' } as const;
const adjourned: typeof heard = {
	...heard,
	disposition: 'adjourned',
	order: null,
	directions: [report],
	nextSlotStart: istInstant('2026-12-01', '10:00'),
};

const codes = (input: typeof heard) => checkConclusion(input).map((issue) => issue.code);

describe('checkConclusion', () => {
	test('case A: a report called for, adjourned to a date after its due date', () => {
		expect(codes(adjourned)).toEqual([]);
	});

	test('case B: heard, an action directed at once, no order yet', () => {
		const action = { kind: 'action', postId: 'ddpo', dueDate: '2026-11-23' } as const;
		expect(codes({ ...heard, directions: [action] })).toEqual([]);
	});

	test('a hearing that was heard has an order', () => {
		expect(codes({ ...heard, order: null })).toEqual(['order_required']);
	});

	test('what is not wholly granted has its reasons in writing', () => {
		for (const order of ORDERS) {
			const needed = order === 'refused' || order === 'partly_granted';
			for (const reasons of [null, '', ' \n\t']) {
				expect(codes({ ...heard, order, reasons })).toEqual(needed ? ['reasons_required'] : []);
			}
			expect(codes({ ...heard, order, reasons: 'सड़क विभाग की नहीं है' })).toEqual([]);
		}
	});

	test('without a hearing there is no order', () => {
		expect(codes({ ...adjourned, order: 'granted' })).toEqual(['order_not_allowed']);
		expect(codes({ ...adjourned, order: 'none_yet' })).toEqual([]);
	});

	test('an adjourned hearing has its next date, on a day after the last due date', () => {
		expect(codes({ ...adjourned, nextSlotStart: null })).toEqual(['next_date_required']);
		const late = { ...report, dueDate: '2026-12-01' };
		expect(codes({ ...adjourned, directions: [late, report] })).toEqual(['next_date_before_due']);
		expect(
			codes({ ...adjourned, directions: [], nextSlotStart: istInstant('2026-11-24', '10:00') }),
		).toEqual([]);
		expect(codes({ ...adjourned, directions: [], nextSlotStart: now })).toEqual(['next_date_past']);
	});

	test('a next date without an adjournment is not dropped in silence', () => {
		expect(codes({ ...heard, nextSlotStart: adjourned.nextSlotStart })).toEqual([
			'next_date_not_allowed',
		]);
	});

	test('each direction has a post and a due date that is not past, and is named by its index', () => {
		const input = {
			...heard,
			directions: [
				report,
				{ ...report, dueDate: '2026-11-22' },
				{ ...report, postId: '', dueDate: '2026-02-30' },
			],
		};
		expect(checkConclusion(input)).toEqual([
			{ code: 'due_date_past', direction: 1 },
			{ code: 'direction_post_required', direction: 2 },
			{ code: 'due_date_invalid', direction: 2 },
		]);
	});

	test('the due date is reckoned in Indian time', () => {
		// 19:00 UTC on the 22nd is the 23rd in India.
		const night = new Date('2026-11-22T19:00:00Z');
		const directions = [{ ...report, dueDate: '2026-11-22' }];
		expect(codes({ ...heard, directions, now: night })).toEqual(['due_date_past']);
	});

	test('the disposition must fit the hearing’s state', () => {
		expect(codes({ ...heard, hearingState: 'lobby_open' })).toEqual(['disposition_not_allowed']);
		expect(codes({ ...heard, hearingState: 'concluded' })).toEqual(['disposition_not_allowed']);
		const absent = { ...heard, disposition: 'citizen_absent', order: null } as const;
		expect(codes(absent)).toEqual(['disposition_not_allowed']);
		expect(codes({ ...absent, hearingState: 'lobby_open' })).toEqual([]);
	});

	test('an absent officer directs nothing', () => {
		const gone = {
			...heard,
			disposition: 'officer_absent',
			order: null,
			hearingState: 'scheduled',
		} as const;
		expect(codes(gone)).toEqual([]);
		expect(codes({ ...gone, directions: [report] })).toEqual(['directions_not_allowed']);
	});
});

describe('effectsOf', () => {
	test('only a granting or refusing order resolves the grievance', () => {
		const resolving = ORDERS.filter(
			(order) => effectsOf({ disposition: 'heard', order }).resolvesGrievance,
		);
		expect(resolving).toEqual(['granted', 'partly_granted', 'refused']);
	});

	test('the end of the hearing is the end of its booking, each for its own cause', () => {
		const ends = DISPOSITIONS.map((disposition) =>
			transitionBooking('confirmed', effectsOf({ disposition, order: null }).booking),
		);
		expect(ends).toEqual([
			{ state: 'fulfilled' },
			{ state: 'fulfilled' },
			{ state: 'no_show' },
			{ state: 'revoked' },
			{ state: 'revoked' },
		]);
	});

	test('only an adjournment books, and only the office’s failing keeps the request', () => {
		const flags = DISPOSITIONS.map((disposition) => {
			const { booksNextDate, keepsRequest } = effectsOf({ disposition, order: null });
			return [booksNextDate, keepsRequest];
		});
		expect(flags).toEqual([
			[false, false],
			[true, false],
			[false, false],
			[false, true],
			[false, true],
		]);
	});
});

test('the last due date is the latest, whatever the order', () => {
	expect(lastDueDate([])).toBeNull();
	expect(lastDueDate([report, { dueDate: '2026-12-31' }, { dueDate: '2026-12-02' }])).toBe(
		'2026-12-31',
	);
});
