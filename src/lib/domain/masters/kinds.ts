/** Kinds of nodes of the Local Government Directory (LGD), and divisions between state and district. */
export const JURISDICTION_KINDS = [
	'state',
	'division',
	'district',
	'subdivision',
	'tehsil',
	'block',
	'gram_panchayat',
	'urban_body',
	'ward',
	'village',
] as const;
export type JurisdictionKind = (typeof JURISDICTION_KINDS)[number];

/**
 * What a post may do. `officer` holds grievances and answers directions, `hearing` holds sittings,
 * `clerk` books, `monitor` watches, `administrator` keeps masters, `agent` (of a Common Service Centre)
 * files for citizens and sees nothing else.
 */
export const POST_FUNCTIONS = [
	'officer',
	'hearing',
	'clerk',
	'monitor',
	'administrator',
	'agent',
] as const;
export type PostFunction = (typeof POST_FUNCTIONS)[number];
