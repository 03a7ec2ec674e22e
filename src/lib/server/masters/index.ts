/** Master data: places, departments, categories, posts, people, charges, rules, ladders. */
export {
	listDistricts,
	place,
	places,
	searchPlaces,
	type Area,
	type DistrictView,
	type Place,
	type Reading,
} from './places.ts';
export {
	districtHead,
	holdersOf,
	isSuperiorOf,
	listPostsInDistrict,
	monitorPosts,
	namesOfPosts,
	nodalPost,
	postsAbove,
	postView,
	postViews,
	type PostNode,
	type PostView,
} from './posts.ts';
export {
	categoryView as category,
	categoryViews as categories,
	holidaysOf,
	ladderByCode,
	ladderById,
	ladderFor,
	listCategories,
	routingFacts,
	type CategoryGroup,
	type CategoryView,
	type LadderFacts,
	type RoutingFacts,
} from './routing.ts';
export { hashPassword } from './passwords.ts';
export {
	actingStaff,
	changePassword,
	signInStaff,
	staffActor,
	userNameOf,
	type ActingPost,
	type SignedIn,
} from './staff.ts';
export {
	createPost,
	createStaff,
	editPost,
	endCharge,
	resetPassword,
	resetSecondFactor,
	setCharge,
	setStaffDisabled,
	type FirstPassword,
	type PostInput,
} from './commands.ts';
export {
	listPosts,
	listStaff,
	postChoices,
	postForm,
	staffMember,
	type PostChoices,
	type PostForm,
	type PostRow,
	type StaffRow,
} from './queries.ts';
export {
	newRecoveryCodes,
	secondFactorView,
	type AppKey,
	type SecondFactorView,
} from './second-factor.ts';
export {
	beginSecondStep,
	confirmSecondFactor,
	giveAppCode,
	giveRecoveryCode,
	secondStep,
	type SecondStep,
} from './second-step.ts';
export { installLadders } from './setup.ts';
