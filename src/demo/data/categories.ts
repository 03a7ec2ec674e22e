/** Departments of the two states, services and complaint points of the demonstration. */

export interface DepartmentSeed {
	code: string;
	state: 'state:haryana' | 'state:rajasthan';
	hi: string;
	en: string;
}

const departments = (
	prefix: 'hr' | 'rj',
	state: DepartmentSeed['state'],
	list: readonly (readonly [code: string, hi: string, en: string])[],
): DepartmentSeed[] => list.map(([code, hi, en]) => ({ code: `${prefix}-${code}`, state, hi, en }));

export const DEPARTMENTS: readonly DepartmentSeed[] = [
	...departments('hr', 'state:haryana', [
		['admin', 'सामान्य प्रशासन विभाग', 'General Administration'],
		['revenue', 'राजस्व एवं आपदा प्रबंधन विभाग', 'Revenue and Disaster Management'],
		['ulb', 'शहरी स्थानीय निकाय विभाग', 'Urban Local Bodies'],
		['panchayat', 'विकास एवं पंचायत विभाग', 'Development and Panchayats'],
		['phed', 'जनस्वास्थ्य अभियांत्रिकी विभाग', 'Public Health Engineering'],
		['pwd', 'लोक निर्माण विभाग (भवन एवं सड़कें)', 'Public Works (Buildings and Roads)'],
		['social', 'सामाजिक न्याय एवं अधिकारिता विभाग', 'Social Justice and Empowerment'],
		['food', 'खाद्य एवं आपूर्ति विभाग', 'Food and Supplies'],
		['power', 'दक्षिण हरियाणा बिजली वितरण निगम', 'Dakshin Haryana Bijli Vitran Nigam'],
		['education', 'विद्यालय शिक्षा विभाग', 'School Education'],
		['health', 'स्वास्थ्य विभाग', 'Health'],
		['police', 'पुलिस विभाग', 'Police'],
	]),
	...departments('rj', 'state:rajasthan', [
		['admin', 'प्रशासनिक सुधार विभाग', 'Administrative Reforms'],
		['revenue', 'राजस्व विभाग', 'Revenue'],
		['ulb', 'स्वायत्त शासन विभाग', 'Local Self Government'],
		['panchayat', 'ग्रामीण विकास एवं पंचायती राज विभाग', 'Rural Development and Panchayati Raj'],
		['phed', 'जन स्वास्थ्य अभियांत्रिकी विभाग', 'Public Health Engineering'],
		['pwd', 'सार्वजनिक निर्माण विभाग', 'Public Works'],
		['social', 'सामाजिक न्याय एवं अधिकारिता विभाग', 'Social Justice and Empowerment'],
		['food', 'खाद्य एवं नागरिक आपूर्ति विभाग', 'Food and Civil Supplies'],
		['power', 'जोधपुर विद्युत वितरण निगम', 'Jodhpur Vidyut Vitran Nigam'],
		['education', 'शिक्षा विभाग', 'Education'],
		['health', 'चिकित्सा एवं स्वास्थ्य विभाग', 'Medical and Health'],
		['police', 'पुलिस विभाग', 'Police'],
	]),
];

export interface ServiceSeed {
	code: string;
	/** Department that keeps the entry; a grievance goes by the rules of its place, in either state. */
	department: string;
	hi: string;
	en: string;
	categories: readonly CategorySeed[];
}

export interface CategorySeed {
	code: string;
	hi: string;
	en: string;
	evidenceRequired?: boolean;
	restricted?: boolean;
}

export const SERVICES: readonly ServiceSeed[] = [
	{
		code: 'roads',
		department: 'hr-ulb',
		hi: 'सड़क और गली',
		en: 'Roads and streets',
		categories: [
			{
				code: 'road_urban',
				hi: 'शहर की गली या सड़क',
				en: 'Street or road in a town',
				evidenceRequired: true,
			},
			{
				code: 'road_village',
				hi: 'गाँव की सड़क या रास्ता',
				en: 'Road or path in a village',
				evidenceRequired: true,
			},
			{
				code: 'street_light',
				hi: 'गली की बत्ती (स्ट्रीट लाइट)',
				en: 'Street light',
				evidenceRequired: true,
			},
		],
	},
	{
		code: 'drainage',
		department: 'hr-panchayat',
		hi: 'पानी की निकासी और सीवर',
		en: 'Drainage and sewers',
		categories: [
			{
				code: 'drain_village',
				hi: 'गाँव में पानी की निकासी या नाली',
				en: 'Drainage in a village',
				evidenceRequired: true,
			},
			{
				code: 'sewer_urban',
				hi: 'शहर में सीवर या नाली जाम',
				en: 'Blocked sewer or drain in a town',
				evidenceRequired: true,
			},
		],
	},
	{
		code: 'water',
		department: 'hr-phed',
		hi: 'पीने का पानी',
		en: 'Drinking water',
		categories: [
			{
				code: 'water_supply',
				hi: 'पानी नहीं आता या गंदा आता है',
				en: 'No water, or dirty water',
			},
		],
	},
	{
		code: 'sanitation',
		department: 'hr-ulb',
		hi: 'सफ़ाई और कूड़ा',
		en: 'Cleaning and garbage',
		categories: [
			{
				code: 'garbage',
				hi: 'कूड़ा नहीं उठता या कूड़ेदान नहीं है',
				en: 'Garbage not collected, or no dustbin',
				evidenceRequired: true,
			},
		],
	},
	{
		code: 'electricity',
		department: 'hr-power',
		hi: 'बिजली',
		en: 'Electricity',
		categories: [
			{ code: 'electricity_bill', hi: 'बिजली का बिल गलत है', en: 'Wrong electricity bill' },
			{
				code: 'electricity_supply',
				hi: 'बिजली बार-बार जाती है या ट्रांसफ़ॉर्मर खराब है',
				en: 'Power cuts or a broken transformer',
			},
		],
	},
	{
		code: 'pension',
		department: 'hr-social',
		hi: 'पेंशन',
		en: 'Pensions',
		categories: [
			{
				code: 'pension_stopped',
				hi: 'पेंशन बंद हो गई या शुरू नहीं हुई',
				en: 'Pension stopped or never started',
			},
		],
	},
	{
		code: 'ration',
		department: 'hr-food',
		hi: 'राशन',
		en: 'Rations',
		categories: [
			{
				code: 'ration_card',
				hi: 'राशन कार्ड नहीं बना या राशन नहीं मिला',
				en: 'No ration card, or no rations given',
			},
		],
	},
	{
		code: 'land',
		department: 'hr-revenue',
		hi: 'ज़मीन',
		en: 'Land',
		categories: [
			{
				code: 'land_mutation',
				hi: 'ज़मीन का रिकॉर्ड या दाखिल-खारिज (इंतकाल)',
				en: 'Land record or mutation',
			},
			{
				code: 'encroachment',
				hi: 'सरकारी ज़मीन या रास्ते पर कब्ज़ा',
				en: 'Encroachment on public land or a public path',
				evidenceRequired: true,
			},
		],
	},
	{
		code: 'school',
		department: 'hr-education',
		hi: 'स्कूल',
		en: 'Schools',
		categories: [
			{
				code: 'school_way',
				hi: 'स्कूल का रास्ता, भवन या शौचालय',
				en: 'Way to a school, its building or toilets',
				evidenceRequired: true,
			},
		],
	},
	{
		code: 'hospital',
		department: 'hr-health',
		hi: 'सरकारी अस्पताल',
		en: 'Government hospitals',
		categories: [
			{
				code: 'hospital_medicine',
				hi: 'अस्पताल में दवा या डॉक्टर नहीं मिला',
				en: 'No medicine or no doctor at a hospital',
			},
		],
	},
	{
		code: 'integrity',
		department: 'hr-admin',
		hi: 'पुलिस और भ्रष्टाचार (गोपनीय)',
		en: 'Police and corruption (confidential)',
		categories: [
			{
				code: 'police_complaint',
				hi: 'पुलिस ने शिकायत नहीं सुनी',
				en: 'The police did not act on a complaint',
				restricted: true,
			},
			{
				code: 'corruption',
				hi: 'काम के बदले रिश्वत माँगी गई',
				en: 'A bribe was demanded',
				restricted: true,
			},
		],
	},
];
