/** Which post gets which complaint where. The smallest area with a rule wins. */

export interface RuleSeed {
	category: string;
	place: string;
	post: string;
}

const BLOCKS = ['bawal', 'dahina', 'dharuhera', 'jatusana', 'khol', 'nahar', 'rewari'] as const;
const TEHSILS = ['bawal', 'kosli', 'rewari'] as const;
const TOWNS = {
	bawal: 'secretary-bawal',
	dharuhera: 'secretary-dharuhera',
	rewari: 'eo-rewari',
} as const;

const everywhere = (place: string, posts: Readonly<Record<string, string>>): RuleSeed[] =>
	Object.entries(posts).map(([category, post]) => ({ category, place, post }));

const TOWN_WORK = ['road_urban', 'street_light', 'garbage', 'encroachment'] as const;
const VILLAGE_WORK = ['drain_village', 'street_light', 'garbage'] as const;

export const RULES: readonly RuleSeed[] = [
	...everywhere('district:rewari', {
		road_urban: 'dmc',
		road_village: 'xen-pwd',
		street_light: 'dmc',
		drain_village: 'ddpo',
		sewer_urban: 'xen-phed',
		water_supply: 'xen-phed',
		garbage: 'dmc',
		electricity_bill: 'se-power',
		electricity_supply: 'se-power',
		pension_stopped: 'dswo',
		ration_card: 'dfsc',
		land_mutation: 'dro',
		encroachment: 'dro',
		school_way: 'deo',
		hospital_medicine: 'cmo',
		police_complaint: 'sp',
		corruption: 'adc',
	}),
	...Object.entries(TOWNS).flatMap(([town, post]) =>
		TOWN_WORK.map((category) => ({ category, place: `urban_body:${town}`, post })),
	),
	...BLOCKS.flatMap((block) =>
		VILLAGE_WORK.map((category) => ({
			category,
			place: `block:${block}`,
			post: `bdpo-${block}`,
		})),
	),
	...TEHSILS.flatMap((tehsil) =>
		['land_mutation', 'encroachment'].map((category) => ({
			category,
			place: `tehsil:${tehsil}`,
			post: `tehsildar-${tehsil}`,
		})),
	),
	...everywhere('district:jodhpur', {
		road_urban: 'xen-pwd-jodhpur',
		road_village: 'xen-pwd-jodhpur',
		street_light: 'nodal-jodhpur',
		drain_village: 'ceo-jodhpur',
		sewer_urban: 'xen-phed-jodhpur',
		water_supply: 'xen-phed-jodhpur',
		garbage: 'nodal-jodhpur',
		electricity_bill: 'power-jodhpur',
		electricity_supply: 'power-jodhpur',
		pension_stopped: 'social-jodhpur',
		ration_card: 'food-jodhpur',
		land_mutation: 'adm-jodhpur',
		encroachment: 'adm-jodhpur',
		school_way: 'education-jodhpur',
		hospital_medicine: 'health-jodhpur',
		police_complaint: 'police-jodhpur',
		corruption: 'adm-jodhpur',
	}),
	...(['north', 'south'] as const).flatMap((side) =>
		Object.entries({
			garbage: `sanitation-${side}`,
			road_urban: `commissioner-${side}`,
			sewer_urban: `commissioner-${side}`,
			street_light: `commissioner-${side}`,
			encroachment: `commissioner-${side}`,
		}).map(([category, post]) => ({
			category,
			place: `urban_body:jodhpur-${side}`,
			post,
		})),
	),
	...['land_mutation', 'encroachment'].map((category) => ({
		category,
		place: 'tehsil:jodhpur',
		post: 'tehsildar-jodhpur',
	})),
];
