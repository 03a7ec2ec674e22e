/**
 * Places of the two demonstration districts. Codes and English names: Local Government Directory,
 * Ministry of Panchayati Raj, 2022 snapshot, Government Open Data License - India. Rows marked
 * `invented` are not from the directory; see README.md beside this file.
 */
import type { JurisdictionKind } from '#lib/domain/masters/kinds.ts';

export interface PlaceSeed {
	/** Name of the row among these files, for instance `block:bawal`. */
	key: string;
	kind: JurisdictionKind;
	code: number;
	invented: boolean;
	hi: string;
	en: string;
	parent: string | null;
	/** Revenue chain of what lies in a block or town. */
	tehsil: string | null;
	numberPrefix: string | null;
}

const row = (
	key: string,
	code: number,
	hi: string,
	en: string,
	parent: string | null,
	more: Partial<PlaceSeed> & Pick<PlaceSeed, 'kind'>,
): PlaceSeed => ({
	key,
	code,
	hi,
	en,
	parent,
	invented: false,
	tehsil: null,
	numberPrefix: null,
	...more,
});

type Named = readonly [key: string, code: number, hi: string, en: string];

const children = (
	kind: JurisdictionKind,
	parent: string,
	list: readonly Named[],
	more: Partial<PlaceSeed> = {},
) =>
	list.map(([key, code, hi, en]) => row(`${kind}:${key}`, code, hi, en, parent, { kind, ...more }));

/** Wards 1 to `count` of an urban body; the names of some say the locality. */
const wards = (
	body: string,
	bodyCode: number,
	count: number,
	localities: Readonly<Record<number, readonly [hi: string, en: string]>> = {},
) =>
	Array.from({ length: count }, (_, index) => {
		const number = index + 1;
		const locality = localities[number];
		return row(
			`ward:${body}:${number}`,
			bodyCode * 100 + number,
			`वार्ड ${number}${locality ? ` (${locality[0]})` : ''}`,
			`Ward ${number}${locality ? ` (${locality[1]})` : ''}`,
			`urban_body:${body}`,
			{ kind: 'ward', invented: true },
		);
	});

/** Villages, each the seat of a gram panchayat of its own name. */
const villages = (
	district: number,
	from: number,
	block: string,
	tehsil: string,
	list: readonly (readonly [key: string, hi: string, en: string])[],
) =>
	list.flatMap(([key, hi, en], index) => {
		const more = { invented: true, tehsil: `tehsil:${tehsil}` };
		const code = district * 100_000 + from + index;
		return [
			row(`gram_panchayat:${key}`, code, hi, en, `block:${block}`, {
				kind: 'gram_panchayat',
				...more,
			}),
			row(`village:${key}`, code, hi, en, `gram_panchayat:${key}`, { kind: 'village', ...more }),
		];
	});

const REWARI = 'district:rewari';
const JODHPUR = 'district:jodhpur';

const HARYANA: PlaceSeed[] = [
	row('state:haryana', 6, 'हरियाणा', 'Haryana', null, { kind: 'state' }),
	row('division:gurugram', 600_001, 'गुरुग्राम', 'Gurugram', 'state:haryana', {
		kind: 'division',
		invented: true,
	}),
	row(REWARI, 72, 'रेवाड़ी', 'Rewari', 'division:gurugram', {
		kind: 'district',
		numberPrefix: 'RWR',
	}),
	...children(
		'subdivision',
		REWARI,
		[
			['bawal', 720_001, 'बावल', 'Bawal'],
			['kosli', 720_002, 'कोसली', 'Kosli'],
			['rewari', 720_003, 'रेवाड़ी', 'Rewari'],
		],
		{ invented: true },
	),
	...children('tehsil', 'subdivision:bawal', [['bawal', 415, 'बावल', 'Bawal']]),
	...children('tehsil', 'subdivision:kosli', [['kosli', 413, 'कोसली', 'Kosli']]),
	...children('tehsil', 'subdivision:rewari', [['rewari', 414, 'रेवाड़ी', 'Rewari']]),
	// "ST" in the directory: sub-tehsil.
	...children('tehsil', REWARI, [
		['dahina', 6464, 'डहीना उप-तहसील', 'Dahina sub-tehsil'],
		['dharuhera', 6463, 'धारूहेड़ा उप-तहसील', 'Dharuhera sub-tehsil'],
		['manethi', 6466, 'मनेठी उप-तहसील', 'Manethi sub-tehsil'],
		['nahar', 6465, 'नाहड़ उप-तहसील', 'Nahar sub-tehsil'],
		['palhawas', 6418, 'पाल्हावास उप-तहसील', 'Palhawas sub-tehsil'],
	]),
	...children('block', REWARI, [
		['bawal', 536, 'बावल', 'Bawal'],
		['dahina', 7104, 'डहीना', 'Dahina'],
		['dharuhera', 7358, 'धारूहेड़ा', 'Dharuhera'],
		['jatusana', 537, 'जाटूसाना', 'Jatusana'],
		['khol', 538, 'खोल', 'Khol at Rewari'],
		['nahar', 539, 'नाहड़', 'Nahar'],
		['rewari', 540, 'रेवाड़ी', 'Rewari'],
	]),
	row('urban_body:rewari', 248_569, 'नगर परिषद रेवाड़ी', 'Municipal Council Rewari', REWARI, {
		kind: 'urban_body',
		tehsil: 'tehsil:rewari',
	}),
	row('urban_body:bawal', 248_571, 'नगरपालिका बावल', 'Municipal Committee Bawal', REWARI, {
		kind: 'urban_body',
		tehsil: 'tehsil:bawal',
	}),
	row(
		'urban_body:dharuhera',
		248_568,
		'नगरपालिका धारूहेड़ा',
		'Municipal Committee Dharuhera',
		REWARI,
		{ kind: 'urban_body', tehsil: 'tehsil:dharuhera' },
	),
	...wards('rewari', 248_569, 31),
	...wards('bawal', 248_571, 13),
	...wards('dharuhera', 248_568, 17),
	// Khurshidnagar's gram panchayat, block and tehsil are assumptions.
	...villages(72, 1, 'bawal', 'bawal', [
		['khurshidnagar', 'खुर्शीदनगर', 'Khurshidnagar'],
		['asalwas', 'आसलवास', 'Asalwas'],
		['banipur', 'बनीपुर', 'Banipur'],
		['jaliawas', 'जलियावास', 'Jaliawas'],
		['pranpura', 'प्राणपुरा', 'Pranpura'],
		['suthana', 'सुठाना', 'Suthana'],
		['tankri', 'टांकड़ी', 'Tankri'],
	]),
	...villages(72, 101, 'rewari', 'rewari', [
		['gokalgarh', 'गोकलगढ़', 'Gokalgarh'],
		['kaluwas', 'कालूवास', 'Kaluwas'],
		['majra-gurdas', 'माजरा गुरदास', 'Majra Gurdas'],
	]),
	...villages(72, 201, 'dharuhera', 'dharuhera', [
		['kharkhara', 'खरखड़ा', 'Kharkhara'],
		['masani', 'मसानी', 'Masani'],
		['nandrampur-bas', 'नंदरामपुर बास', 'Nandrampur Bas'],
	]),
	...villages(72, 301, 'jatusana', 'palhawas', [
		['bohtwas', 'बोहतवास', 'Bohtwas'],
		['musepur', 'मूसेपुर', 'Musepur'],
		['palhawas', 'पाल्हावास', 'Palhawas'],
	]),
	...villages(72, 401, 'khol', 'manethi', [
		['kund', 'कुंड', 'Kund'],
		['manethi', 'मनेठी', 'Manethi'],
	]),
	...villages(72, 501, 'nahar', 'nahar', [
		['gudiani', 'गुडियानी', 'Gudiani'],
		['lukhi', 'लूखी', 'Lukhi'],
	]),
	...villages(72, 601, 'dahina', 'dahina', [
		['dahina', 'डहीना', 'Dahina'],
		['kanwali', 'कंवाली', 'Kanwali'],
	]),
];

const RAJASTHAN: PlaceSeed[] = [
	row('state:rajasthan', 8, 'राजस्थान', 'Rajasthan', null, { kind: 'state' }),
	row('division:jodhpur', 800_001, 'जोधपुर', 'Jodhpur', 'state:rajasthan', {
		kind: 'division',
		invented: true,
	}),
	row(JODHPUR, 107, 'जोधपुर', 'Jodhpur', 'division:jodhpur', {
		kind: 'district',
		numberPrefix: 'JDH',
	}),
	...children('tehsil', JODHPUR, [
		['aau', 7146, 'आऊ', 'Aau'],
		['balesar', 6049, 'बालेसर', 'Balesar'],
		['baori', 6047, 'बावड़ी', 'Baori'],
		['bap', 6048, 'बाप', 'Bap'],
		['bapini', 6916, 'बापिणी', 'Bapini'],
		['bhopalgarh', 569, 'भोपालगढ़', 'Bhopalgarh'],
		['bilara', 573, 'बिलाड़ा', 'Bilara'],
		['dechu', 6937, 'देचू', 'Dechu'],
		['jodhpur', 570, 'जोधपुर', 'Jodhpur'],
		['lohawat', 6391, 'लोहावट', 'Lohawat'],
		['luni', 572, 'लूणी', 'Luni'],
		['osian', 568, 'ओसियां', 'Osian'],
		['phalodi', 567, 'फलोदी', 'Phalodi'],
		['pipar', 6051, 'पीपाड़ शहर', 'Pipar Shahar'],
		['setrawa', 7147, 'सेतरावा', 'Setrawa'],
		['shekhala', 6927, 'शेखाला', 'Shekhala'],
		['shergarh', 571, 'शेरगढ़', 'Shergarh'],
		['tinwari', 6390, 'तिंवरी', 'Tinwari'],
	]),
	...children('block', JODHPUR, [
		['aau', 7458, 'आऊ', 'Aau'],
		['balesar', 721, 'बालेसर', 'Balesar'],
		['bap', 722, 'बाप', 'Bap'],
		['bapini', 6847, 'बापिणी', 'Bapini'],
		['bawadi', 6718, 'बावड़ी', 'Bawadi'],
		['bhopalgarh', 723, 'भोपालगढ़', 'Bhopalgarh'],
		['bilara', 724, 'बिलाड़ा', 'Bilara'],
		['chamu', 7459, 'चामू', 'Chamu'],
		['dechu', 6832, 'देचू', 'Dechu'],
		['dhawa', 7460, 'धवा', 'Dhawa'],
		['ghantiyali', 7461, 'घंटियाली', 'Ghantiyali'],
		['keru', 7462, 'केरू', 'Keru'],
		['lohawat', 6846, 'लोहावट', 'Lohawat'],
		['luni', 725, 'लूणी', 'Luni'],
		['mandor', 726, 'मंडोर', 'Mandor'],
		['osian', 727, 'ओसियां', 'Osian'],
		['pipar', 6852, 'पीपाड़ शहर', 'Peepad Sahar'],
		['phalodi', 728, 'फलोदी', 'Phalodi'],
		['sekhala', 6831, 'शेखाला', 'Sekhala'],
		['shergarh', 729, 'शेरगढ़', 'Shergarh'],
		['tinwari', 6855, 'तिंवरी', 'Tinwari'],
	]),
	row(
		'urban_body:jodhpur-north',
		293_843,
		'नगर निगम जोधपुर उत्तर',
		'Municipal Corporation Jodhpur North',
		JODHPUR,
		{ kind: 'urban_body', tehsil: 'tehsil:jodhpur' },
	),
	row(
		'urban_body:jodhpur-south',
		248_760,
		'नगर निगम जोधपुर दक्षिण',
		'Municipal Corporation Jodhpur South',
		JODHPUR,
		{ kind: 'urban_body', tehsil: 'tehsil:jodhpur' },
	),
	row('urban_body:bilara', 248_762, 'नगरपालिका बिलाड़ा', 'Municipality Bilara', JODHPUR, {
		kind: 'urban_body',
		tehsil: 'tehsil:bilara',
	}),
	row('urban_body:phalodi', 248_759, 'नगरपालिका फलोदी', 'Municipality Phalodi', JODHPUR, {
		kind: 'urban_body',
		tehsil: 'tehsil:phalodi',
	}),
	row('urban_body:pipar', 248_761, 'नगरपालिका पीपाड़ शहर', 'Municipality Pipar City', JODHPUR, {
		kind: 'urban_body',
		tehsil: 'tehsil:pipar',
	}),
	row('urban_body:bhopalgarh', 296_924, 'नगरपालिका भोपालगढ़', 'Municipality Bhopalgarh', JODHPUR, {
		kind: 'urban_body',
		tehsil: 'tehsil:bhopalgarh',
	}),
	...wards('jodhpur-north', 293_843, 12, {
		3: ['भीतरी शहर', 'Old City'],
		7: ['मंडोर रोड', 'Mandor Road'],
	}),
	// The sectors are real, their wards invented.
	...wards('jodhpur-south', 248_760, 12, {
		4: ['सरदारपुरा', 'Sardarpura'],
		8: ['हाउसिंग बोर्ड सेक्टर 20', 'Housing Board Sector 20'],
		9: ['हाउसिंग बोर्ड सेक्टर 21', 'Housing Board Sector 21'],
	}),
	...villages(107, 1, 'mandor', 'jodhpur', [
		['daijar', 'दईजर', 'Daijar'],
		['nandri', 'नांदड़ी', 'Nandri'],
	]),
	...villages(107, 101, 'luni', 'luni', [
		['jhalamand', 'झालामंड', 'Jhalamand'],
		['salawas', 'सालावास', 'Salawas'],
	]),
	...villages(107, 201, 'osian', 'osian', [['bhikamkor', 'भीकमकोर', 'Bhikamkor']]),
];

/** Parents come before their children. */
export const PLACES: readonly PlaceSeed[] = [...HARYANA, ...RAJASTHAN];
