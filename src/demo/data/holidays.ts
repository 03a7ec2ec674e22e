/**
 * Holidays of the demonstration. Not a gazette: days that follow the moon may fall a day earlier or
 * later, and a real installation enters its state's own notification.
 */
export interface HolidaySeed {
	date: string;
	hi: string;
	en: string;
}

const COMMON: readonly HolidaySeed[] = [
	{ date: '2026-01-26', hi: 'गणतंत्र दिवस', en: 'Republic Day' },
	{ date: '2026-03-04', hi: 'होली', en: 'Holi' },
	{ date: '2026-03-21', hi: 'ईद-उल-फ़ितर', en: 'Id-ul-Fitr' },
	{ date: '2026-03-26', hi: 'राम नवमी', en: 'Ram Navami' },
	{ date: '2026-03-31', hi: 'महावीर जयंती', en: 'Mahavir Jayanti' },
	{ date: '2026-04-03', hi: 'गुड फ्राइडे', en: 'Good Friday' },
	{ date: '2026-04-14', hi: 'डॉ. आंबेडकर जयंती', en: 'Dr. Ambedkar Jayanti' },
	{ date: '2026-05-01', hi: 'बुद्ध पूर्णिमा', en: 'Buddha Purnima' },
	{ date: '2026-05-27', hi: 'ईद-उल-ज़ुहा', en: 'Id-ul-Zuha' },
	{ date: '2026-08-15', hi: 'स्वतंत्रता दिवस', en: 'Independence Day' },
	{ date: '2026-08-28', hi: 'रक्षाबंधन', en: 'Raksha Bandhan' },
	{ date: '2026-09-04', hi: 'जन्माष्टमी', en: 'Janmashtami' },
	{ date: '2026-10-02', hi: 'गांधी जयंती', en: 'Gandhi Jayanti' },
	{ date: '2026-10-20', hi: 'दशहरा', en: 'Dussehra' },
	{ date: '2026-11-08', hi: 'दीपावली', en: 'Diwali' },
	{ date: '2026-11-24', hi: 'गुरु नानक जयंती', en: 'Guru Nanak Jayanti' },
	{ date: '2026-12-25', hi: 'क्रिसमस', en: 'Christmas' },
	{ date: '2027-01-26', hi: 'गणतंत्र दिवस', en: 'Republic Day' },
	{ date: '2027-03-10', hi: 'ईद-उल-फ़ितर', en: 'Id-ul-Fitr' },
	{ date: '2027-03-22', hi: 'होली', en: 'Holi' },
	{ date: '2027-03-26', hi: 'गुड फ्राइडे', en: 'Good Friday' },
	{ date: '2027-04-14', hi: 'डॉ. आंबेडकर जयंती', en: 'Dr. Ambedkar Jayanti' },
	{ date: '2027-04-15', hi: 'राम नवमी', en: 'Ram Navami' },
	{ date: '2027-05-17', hi: 'ईद-उल-ज़ुहा', en: 'Id-ul-Zuha' },
	{ date: '2027-05-20', hi: 'बुद्ध पूर्णिमा', en: 'Buddha Purnima' },
	{ date: '2027-08-15', hi: 'स्वतंत्रता दिवस', en: 'Independence Day' },
	{ date: '2027-08-17', hi: 'रक्षाबंधन', en: 'Raksha Bandhan' },
	{ date: '2027-08-25', hi: 'जन्माष्टमी', en: 'Janmashtami' },
	{ date: '2027-10-02', hi: 'गांधी जयंती', en: 'Gandhi Jayanti' },
	{ date: '2027-10-09', hi: 'दशहरा', en: 'Dussehra' },
	{ date: '2027-10-29', hi: 'दीपावली', en: 'Diwali' },
	{ date: '2027-11-14', hi: 'गुरु नानक जयंती', en: 'Guru Nanak Jayanti' },
	{ date: '2027-12-25', hi: 'क्रिसमस', en: 'Christmas' },
];

export const HOLIDAYS: Readonly<Record<string, readonly HolidaySeed[]>> = {
	'state:haryana': [
		...COMMON,
		{ date: '2026-11-01', hi: 'हरियाणा दिवस', en: 'Haryana Day' },
		{ date: '2027-11-01', hi: 'हरियाणा दिवस', en: 'Haryana Day' },
	],
	'state:rajasthan': [
		...COMMON,
		{ date: '2026-06-17', hi: 'महाराणा प्रताप जयंती', en: 'Maharana Pratap Jayanti' },
		{ date: '2027-06-07', hi: 'महाराणा प्रताप जयंती', en: 'Maharana Pratap Jayanti' },
	],
};
