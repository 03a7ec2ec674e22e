/** When the demonstration's officers hear citizens. */
export interface ScheduleSeed {
	post: string;
	mode: 'video' | 'in_person' | 'hybrid';
	/** 0 = Sunday. */
	weekdays: readonly number[];
	from: string;
	to: string;
	slotMinutes: number;
	capacity: number;
}

const MONDAY_TO_SATURDAY = [1, 2, 3, 4, 5, 6];

export const SCHEDULES: readonly ScheduleSeed[] = [
	{
		post: 'dc',
		mode: 'video',
		weekdays: MONDAY_TO_SATURDAY,
		from: '11:00',
		to: '13:00',
		slotMinutes: 10,
		capacity: 1,
	},
	{
		post: 'sdm-bawal',
		mode: 'video',
		weekdays: [2, 4],
		from: '10:00',
		to: '12:00',
		slotMinutes: 10,
		capacity: 1,
	},
	{
		post: 'collector',
		mode: 'video',
		weekdays: MONDAY_TO_SATURDAY,
		from: '11:00',
		to: '13:00',
		slotMinutes: 10,
		capacity: 1,
	},
];
