import { makeDemoQr } from './identity/sign-demo.ts';

/** An invented person with an Aadhaar card of the demonstration. */
export interface DemonstrationCard {
	key: string;
	name: string;
	/** Number to sign in with, as people write it. */
	mobile: string;
	/** The card carries the number's hash, so both can be matched. */
	matches: boolean;
	/** The decimal text of the QR. */
	text: string;
}

const SIGNED_AT = new Date('2026-03-01T05:00:00Z');

const HOLDERS = [
	{
		key: 'bawal',
		mobile: '90000 00001',
		matches: true,
		last4: '4321',
		fields: {
			name: 'Suresh Kumar',
			dob: '12-06-1979',
			gender: 'M',
			careOf: 'S/O Ram Niwas',
			district: 'Rewari',
			house: '41',
			location: 'Ward 2',
			pin: '123501',
			postOffice: 'Bawal',
			state: 'Haryana',
			subDistrict: 'Bawal',
			vtc: 'Bawal',
		},
	},
	{
		key: 'khurshidnagar',
		mobile: '90000 00002',
		matches: true,
		last4: '7703',
		fields: {
			name: 'Kamlesh Devi',
			dob: '03-11-1968',
			gender: 'F',
			careOf: 'W/O Dharampal',
			district: 'Rewari',
			house: '7',
			pin: '123501',
			postOffice: 'Bawal',
			state: 'Haryana',
			subDistrict: 'Bawal',
			vtc: 'Khurshidnagar',
		},
	},
	{
		key: 'jodhpur',
		mobile: '90000 00003',
		matches: false,
		last4: '5518',
		fields: {
			name: 'Vijay Solanki',
			dob: '25-01-1985',
			gender: 'M',
			careOf: 'S/O Nathu Ram',
			district: 'Jodhpur',
			house: '21/118',
			location: 'Housing Board',
			pin: '342008',
			state: 'Rajasthan',
			subDistrict: 'Jodhpur',
			vtc: 'Jodhpur',
		},
	},
] as const;

/** Cards to try, signed anew at each start with the demonstration's own key. */
export const DEMONSTRATION_CARDS: readonly DemonstrationCard[] = HOLDERS.map(
	({ key, mobile, matches, last4, fields }) => ({
		key,
		name: fields.name,
		mobile,
		matches,
		text: makeDemoQr({
			fields,
			last4,
			signedAt: SIGNED_AT,
			...(matches ? { mobile } : {}),
		}),
	}),
);
