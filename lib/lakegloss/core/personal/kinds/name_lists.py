"""Lists more given names and surnames, of some thirty languages, as `person_names` uses them."""

from functools import lru_cache

from lakegloss.core.text.accents import without_accents
from lakegloss.core.words.lexicon import word_set

_WHOLE_LETTERS = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d",
    "þ": "th", "ə": "e", "ħ": "h",
})  # fmt: skip
"""Letters that are no letter with a mark."""


def unaccented(text: str) -> str:
    """Write a text in small letters without accents, so that Tóth and Toth are one name."""
    small = text.lower()
    return small if small.isascii() else _without_marks(small)


@lru_cache(maxsize=8192)
def _without_marks(text: str) -> str:
    return without_accents(text.translate(_WHOLE_LETTERS))


def with_unaccented(names: frozenset[str]) -> frozenset[str]:
    """The names, and those with accents also without."""
    return names | {unaccented(name) for name in names if not name.isascii()}


GIVEN = word_set("""
aamir aarav abdel abdou abdul abeo abhishek abiola adalyn addison adela adele adelina aditi adnan
adolfo adrianne aduke afonso agatha agustina ahmad aidan aiden aileen aimee aisling aitana akhil
akshay alaina alana alban albin alda aldo alec aleksander aleksandra alena alessia alessio alexa
alexandra alexandru alexia alfie alfred alina alisa alison allison alma alondra alva alvin alwin
alyssa amadou amaia amandine amaya amira amrita anabel anabela anastasiya andra andreia andrej aneta
angelica angelina angelo angus ania anibal anika anisa anissa ankit annelies anneliese annette
annika annikki ansel anselm ansgar anton antoni antonie anuradha anwar apolline arash archie ariadna
ariana ariane arianna ariel arlene arlo armando armin arnaldo arnaud arno arnold artem arvid ashraf
asif aska asma assane athena atif aude augustin aurelia aurelien avery axel ayaan ayman azra babak
bader bahar balazs baptiste barnaby barry bartosz basia basil bastian bastien bea beata beau belinda
bella benedict benedikt benjamim benny berit bernadette bernardo bernhard bernice berta bertha
bertram bertrand bethany bettina betty bianca birger birgitta birte bjarte boaz bobbi bodo bohdan
bojan borja boyd branislav branko bree brendan brennan brianna bridget brigid britta brody bronwyn
bryn cameron candido carina carine carmel carmelo carolin caroline carsten casey casimir caspar
catarina caterina cathal catrin cecile cecily celeste celestine celia celso cesare chantelle
charlene charlie chayton cheng chiamaka chidinma chika chloé christel christelle christiane
christianne christof christoph chukwuma cian ciara ciaran cillian clare clarice clarisse claudine
clemence clemens clement cleo clifton clint clive clyde colette concepcion conchita conor cora
coralie cordelia cordula corentin cornelia corrado corrine cosimo costanza crispin curt curtis
cyrille dafne dagny dahlia dalia damaris damir damon dana danae dani danica danila danny dante
daphnee daria darian darina darius darko darrel darryl davor dawson dayana deanne debora declan
deepa deepika delaney delia delilah denice denisa derrick desiree desmond devin devon dewayne dianne
diarmuid dietmar dilan dilip dimitar dimitri dinah dion djamila dobromir doina domingos dominic
dominik dona donal donato donnell donovan dora dorian dorota dorothea dorothee dorte drago duarte
duncan dustin dwight eamon ebba eddie edgar edgardo edison edmond edmund edouard eduard edwin egon
eider eira eirik eitan ekow elaf eleanore eleonora elia eliana elias elina elio eliot elisabet
elisabeth elisabetta elissa elizabet ellery elliot elliott elma elmar elmer eloise eloy elroy els
elsbeth elvira elvis elwood emanuel emanuele emeric emerson emile emiliano emilija emir emmy emrys
enrica enya erasmo erdem erhard erica erich erick erlend ermes ernesto ernst erwin esben esma
esmeralda essi estefania estela estella etelka etienne euan eugen eugenia eugenie eulalia evangelia
evangelos evelin evelina everett everton ewald ewan ewelina fabiana fabiola fadi fahad fanny farida
farouk fatih fatou fatoumata fausto fedor felicitas felicity felipa ferdinand fergal fergus fernand
ferran fidel filip filipa filipe finlay finn finnegan fiorella fiorenza flavia flavio florence
florent florentin floriane florin folke franca france francesc francis franciszek franck franco
franka frankie franklin frans frantisek franz freddie freddy frederik frederikke frieda friedhelm
frode gaelle gaetan galo garance gareth garry gaspard gaston gemma genaro geoff geoffrey georg
george georges georgette georgina geraint geraldo gerd gerda gerhild gero gerold geronimo gert
gertrude ghada gian giancarlo gianfranco gianpaolo gilberto gildas gillian gines giorgio giovanna
giselle giuliana giuliano giuseppina glenda glynn godfrey gordana gordon gosia gotthard gracie
graham grayson gretel grover guenther guglielmo guido guilherme guillem guiomar gulsen gunda gunhild
gunter gunther gustaf gustav gwendolyn gwyneth gyula haakon habib hadi hadley hakan halima halvard
hamid hamish hanane hannes hanspeter hariet haris harley harri harry harvey hattie haydee heba heber
hedi hedwig heide heidrun heiko heinrike heinz helena helle helmi helmuth hendrika hendrikje henny
henrike henrique henryk herbert heriberto herman hermine herminia hermione hester hilaire hilde
hilke hillary hiltrud hiram hjalmar hjordis holly horace horacio horst hortense hristo hubert
hubertus hugh humberto humphrey huw hynek iago iain ian ianthe ibai ibrahima idoia idris ieva
ignatius igone ileana ilka ilkka imke indra inger inigo inka ioan ioanna iolanda iracema iradj irena
ireneusz iris irving irwin isabeau isabell isadora isaiah ishaan ishan isidoro ismael isobel itziar
ivana ivanka ivo ivonne iwan iwona izabela izaskun jaan jacek jacinta jacinto jaclyn jacopo jacqui
jada jaden jairo jamila janelle janina janine jannik jannis jarek jari jarmo jaroslav jaroslaw
jarrod jasmin jasmina jasmine jaume javi jayden jayne jazmin jeannette jeannine jedrzej jef jeffery
jemima jemma jen jenni jennie jeremias jeremie jesper jessie jethro jimena jimmy joachim joann
joanne jocelyne jochen jodi joelle joey johan johann johnnie johnny jolanta jolie jon jonah jonathon
joni jonna jorgen jorginho jorn jory josefine josep josette josiah josip josue jouni jovan jovana
juanito juba judit judita jules juli juliane julianne juliet julieta juliette julius juni junko
juraj jurek juri justina justine justus kaarina kacper kadir kai kaisa kaja kalle kamila kamilla
karan karel karima karina karlheinz karlo karolina karoline karsten kasia kasimir kaspars katelyn
katerina katharina kathe kathi kathy kati katia katinka katja katka katrine katy katya kaveh kaya
kayleigh keanu keegan keira kelsey kelvin kendall kenia kenny kenzo keoma kerim kerri khanh kiara
kieran kiki kilian kimberley kimmo kirill kirsi kirstin kirsty kjersti klara klaudia knud koichi
konrad konstantin konstanze kora korbinian kris krishnan krista kristian kristiina kristine kristjan
kristof kristofer kristoffer krysia krystian ksenia kumiko kurtis kyra kyrill lachlan laia laila
lana lander lando larisa latasha laurel laurence laurenz lauri laurie lavinia lawson leandra leanne
leda leigh lelia lene leni lennart lenny lenora leo leocadia leonhard leonid leonor leonora leopold
leopoldo lesley leszek lexi lia liana liane lila lili lilia lilian lilli lillian lilly linas lindsay
lindsey lisbeth liselotte lissa liv livia ljubica lluis lolita lone lonnie lorcan lore lorene lorenz
lorna lorrie lothar lotta lottie louella louie loukas lourdes lovisa lubica lubomir lucca lucian
lucien lucila lucinda lucio lucius ludovica ludwika luigia luise luiza lumir lupe luther luzia lyle
lynda lynette lyudmila maciej madalena maddie maddison madelyn mads mael maelle magali magdalene
magnolia mahmut maia maik maike maire maisie majella malcolm malena malina malte mami manel manfredo
manoel manolo mara marcelina marceline marcello marci marcio mareike maren margarethe margarida
margaux margherita margit margot margret margrethe mari marianna marica marijan marika marilena
marinus marisa marissa marita marius marjan marjolein marla marlen marlon marnie marte marten marti
martim martta marylin marzena masashi massimiliano mateo mateus mateusz mathew mathias mathis
matilda matthieu matthijs mattie matts matus maura maurice maurizio mavis maximilien maxwell maya
maynard meghan meike meinhard meir mel melania melany melchior melia melina melisa mellie meredith
merete merja merle mervyn micaela micah michaela michail micheal michela michele miguelina miika
mikaela mikel mikkel milena milka mille milos miloslav mimi mindy minna mirabel mirco mireia mirela
mirja mirko mirna misael mischa mitchell mitja mitzi modesto mohamad moira moises monty morag moreno
morgane moses mostafa mustapha myriam myrna myrtle myung nadav nadege nadezda najib nanette naomi
narciso nasir nasreen natacha natalina natalya nataniel natasha natasja nathalia nathanael nathaniel
navin nayara nazli ned neel neela neeraj neeta nello nelly nerea neri neus neven neville niall niamh
niccolo nicki nicky nicola nicolae nicolaus nicoletta nidia nigel niki nikki niklaus nikolaj
nikolina nikos nishant noam noelle nona nonna nursel nyasha octavia odalys ohad oihana oisin olav
olena olle oluwadamilola oluwatobi omari omer onni ophelie orestes oriol orla orsolya oskari osmar
ossi osvaldo oswald oswaldo otavio otilia ottavio ottmar ousmane ove ovidiu owain ozgur paige
paolina pascual pasqual patricio patrik patryk paulina paulius pavle pavol payton peadar peder pelle
percy perrine petar petros philippa philomena piera pierina pierluigi pierrick pietro pinar pirkko
poppy porfirio priscila priti prunella przemyslaw quincy quinn quique rachael radoslav radoslaw
raffaella ragnhild rahel rahim raimo raimund raina raisa raivo rajeev rakel ramin randal randi
ranjit raoul rashad rashida rauno ravindra raya raymundo rebecka rebeka reece reese regan reggie
reginald regine reidar reijo reinaldo reinier rejane renan renaud renee renzo reto reyes rhett
rhiannon rhodri rhona rhys ria ricarda riccarda richie rickey ricky rico riina rikard rike rikke
riley ritva robbie robyn roddy rogerio roisin rolande rolando rolland romain romane romina romy
ronja ronnie rory rosalia rosalind rosalinda rosana rosanna rosaura rosella roselyn rosita roswell
rowan roxana roxane royce rozalia rubens rudiger rufino rupert ruslan russ rut rute ryoko saana
sabah sabin sabina sabri sacha sadia safiya saida salah salima salome salomon salvador salvator
salwa samanta samara samia sammy samuele samuli sandhya sandi sandro sanja sanna sanni santi saoirse
sarai sarita sasa sauli saverio scarlett seamus sebastiano sebnem seija selina selma semih seppo
serafina serban serhii serhiy seth severin severine seymour shahid shaila shaina shakira shana shani
shanna shanthi shari sharif sharlene sharron shauna shawna shayla shayna sheena sheldon shelia
shelly sheree sheri sherri sherwin shirin shivani shona shoshana shun shunsuke sibylle sidonie
sieglinde siegmund siiri silas silja silvana silvestre silvina simeon simone simran sinead sini
siobhan sirpa sissel sixten slavica slobodan sofie sofija soledad solenne srdjan stacey stacie stan
stana stanislas stanislav staszek steffi steinar stela stelios stephan stephon stevie stewart stine
sture subhash suhail sukhdeep suleyman sumit sunniva susann susanna susannah susie suvi suzana
suzette svea svend svetoslav sybil syed sylvester sylviane sylwia szymon tadeusz tahir taina taisto
takuma talia tallulah tamas tammi tammie tancredi tania tarja tasha tatjana tatsuya tatum teemu
tenzin teo teodor teodora teodoro teresia teresita tereza terje tero terrance terrell terri tessa
tetsuya thaddaeus thaddeus thea thelonius theodor theodora theodoros theophile therese theresia
thies thoralf thorben thorbjorn thorvald tiana tibor tiffani tilda tilman timea timmy timon tjark
tobin toby todor tomer tomi tomislav tommy tonja tonje tonya toril tracie traian traudl trenton
tricia trina troels trond truls tsvetan tuomas tuomo turid tuulikki twyla tycho tyra tyson uchenna
uli ulrik ulrika ulrikke umar unni uriel urs ursina urszula urte usman vadim valdemar valentine
valentino valeri valeria valerio valeriu valtteri vanda vasile vasilis vassilis veera velma venkat
verena vesa vibeke vicki victor vigdis viivi vikas vikki viktoria viktoriya vilhelm ville vinay
vincenza violeta violette virgilio visnja vit vito vittoria vittorio viveka viviana vivienne vlad
vladislav vlado volkan vukasin waleed wallis wanjiru warwick wenceslao wenche wendel wendelin wenzel
werther wiktor wilbert wilbur wilfred wilfredo wilfrid wilhelmina wilhelmine willemijn willi willis
willy wilmer winfried winifred winston witold wladyslaw wojciech wolfram woodrow wout xander xaver
xenia xiomara yaara yago yahya yair yana yanick yanira yara yasemin yasuko yelena yiannis yitzhak
yngve yohan yolande youssef ysabel yuliya yusra yuval yvan yvo zacharias zachery zahir zaida zaira
zane zara zbyszek zdenka zeev zehra zeki zelda zena zenon zina zinedine zita ziv zoha zohra zoila
zora zsofia zsolt zula zuleika
aarne abdoulaye abdulaziz abdulrahman abeba abeer aboubacar achilleas adama adel adem adwoa afanasy
agneta agota agung ahlam ahti aiko aila aimo aissatou akihiko akihito akinyi aksel akwasi alaa
alassane aleksandar alexandros alin alireza alla almaz alper alvar amal amani aminata anas
anastasios anatoliy anca andi andrus anele angeliki aniko anjelica anker anong antero antonina
anyango arda ardeshir arief aristidis arkady arpad artyom arvo arvydas asa asami asbjorn asli asmaa
athanasios atieno atilla attila aurel awa aysel aysun ayu azadeh bahram bakary balint bambang baris
basma bassam behnam behrouz bekele bela bence bengt benigno bente berk beyza biljana binh birthe
bjorg boban bojana borbala borge bosse boubacar boyan branka britt bulent busisiwe cagla camelia
canan catalin catharina cengiz cezar chaiwat charalampos chau cheikh chinh chiyo christos chunhua
ciprian codrut corina corneliu cosmin costel costin coumba crina crisanta csaba cuong daciana
dagfinn daichi daiva dalal daouda darinka dariush darmawan dawit dedi dejan demba denes derya
despina dezso diep dilara dimitra dimitris dina dinh dmytro dogan dongmei dorin dragica dragos
dubravka dumisani dumitru duong dusica duy ebrahim edit editha eero eeva efstathios egle ehab ehsan
eija eiji eiko eila eino eka ekrem ellinor eman emel emese emmanouil emrah endang endre engin eniko
ensio ercan erkki erland erno erol erzsebet eskil essam eszter etsuko eunji eunjung fajar fanta
fares fawzi fereshteh ferhat feride fikret filiz fitri flemming florante florentina fumiko fumio
fyodor gabor galyna gamze geir gennady georgi georgia getachew giang giannis gintaras giorgos
gliceria gokhan golnaz gonul goranka goro gosta grigorios grigory gudmund gun gunawan gunilla gunn
guoqiang hacer haile haiyan hajime halime halvor hamidreza hanh hani hannu haruki haruko hatem hazem
hege heikki heli hend hendra hesham hideki hidemi hien hieu hikari hilkka hiroko hironobu hirut
hisashi hitomi hoa hoai hoang hongmei hooman horia hrvoje hulya hung hyejin hyunwoo ibolya ichiro
ihab ihsan ikuko ilhan ilie ilker ilmari ilze imad imre indah inese ingvar inna ionel ionut irem
iren irfan isagani iselin issa itsuki iulia iulian ivaylo jaafar jaakko jadranka jaehyun janis janos
jasna javad jianguo jianhua jianjun jieun jihad jihye jimin jinhua jinwoo jisoo jiyoung joko jolan
jorunn jouko jozsef juhani julianna junichi junjie juris kaan kadiatou kaija kajsa kalervo kalevi
kalliopi kalman kanako kanya karoly katica katsumi kazuhiro kazuki kebede keiji keisuke kenichi
kestutis khady kiet kimiko kinga kipchoge kiprop kiril kittisak kiyoshi kjetil kosuke kourosh
krasimira kresimir kubra kwadwo kyllikki kyoko kyriakos kyungsoo ladan lajos lamin laurentiu layth
leena leili leman leonidas lestari levent lidiya liga lihua liisa liming liviu ljiljana loan luan
lubna luminita lungile luzviminda lyubov madalina maha mahdi mahnaz mai maija majed maki maksim
malee mamadou mamoru manal margareta mariama maricel marijana mariko mariya marja marjatta markku
marton martti marwan masaru masoud matej mayumi mazen megumi mehran meiling mekonnen melih meltem
mert mervat merve metin michio mihaela mihaly miklos mindaugas mingming minho minoo minsoo mircea
mirjana mitra mitsuo miyuki mizuki mladen moataz mogens mojtaba momir momoko morteza moussa mpho
muhammet mulugeta mulyadi munir mwangi nada nadir nadiya naglaa nahla nana nao naoki narong nashwa
nasrin natasa nawaf ndeye nebojsa nelu nenad nermin nesrin nevena nevzat nga ngan nghia ngoc nhan
nhung nicoleta nikolay niloufar niran nittaya nizar njeri nkosana nobu nobuko nok nonhlanhla nour
nozomi ntombi nuray nurcan nuri nyambura oana ochieng octavian oddvar odhiambo ognjen oguz okan
olavi oleksiy omnia onur orjan othman otieno oumar oumou outi oystein ozan ozge ozlem paavo pal
palesa palle panagiotis paraskevi parviz pavlo pavlos payam peng pensri pentti perla pertti petro
petru petteri petya phuc phuong pimchanok pirjo piroska ploy pontus poul pouya prasert prasit preben
predrag preecha qasim qing quang quoc quy quynh rabab rade radmila radu radwan raija raimonds raluca
rasa rasha ratko ratna razvan reem refilwe rehab reka rieko riham riikka rimantas rimma rini risto
roald roar rodica rokhaya roman rong roya ruba rukiye rumen rune ruzica ryosuke ryuji saban saeed
saeid safaa sakari salif samar sameh sanda sandor sangwoo saowanee sarolta satu sayaka seda sedat
seiji sekou selam semra semyon senka senol seojin sepideh serap serdar serpil seungho sevim seydou
shahin shahram shaimaa shereen sherif shigeo shinichi shizuka shoichi shufen shuying siamak sigita
sigurd simin sinan sindre sinikka siqi siriporn sirkka siyabonga sizwe slamet snorre soheil solomon
somporn somsak sondre songul soojin sorin souleymane spyridon spyros sri stavros stavroula stefka
stelian sten stepan stevan suat suchada sugeng sulastri suleiman sumarni sumiko sune sungmin sunhee
sunisa supachai surachai susanti susumu sutrisno suyanto synnove szilvia tadesse taehyung taeko tage
taha tahani taichi talal taner tao tapani tapio taraneh tarkan tauno tayfun tellervo teofilo terez
terttu thamer thanakorn thanasis thandeka thandiwe thang thanh thi thulani thuy tiberiu tien tigist
tihana tiina timofey timur tingting titus toan toivo tomoe tor torbjorn tord tore torkel torstein
trang tri trinh trung tsehay tshepo tsubasa tsutomu tulin tuncay turgut turki tuyet tytti ufuk umit
urho vahid vaino valdis valentin valeriya valery vasiliki vasily vedat vedran veikko velimir
veniamin vesela veselin vilho vilma vilmos vinh vinko viorel viorica vitaly vladan vojislav vusi
vyacheslav vytautas wael wafaa wafula wahyu wairimu wanida wataru wati weiming wenjun wenwen wichai
wonjun xiaohong xiaoli xiaoming xinyi xiulan xiuying xolani xuan xuemei yacouba yahia yalcin yanan
yanti yasuo yavuz yejin yeliz yen yeonsu yevgeny yifan yildiz yohannes yoshihiro yoshio youngho
youngja youngmin yousra yuhan yukari yukiko yulan yuliana yunho yuriko yury yuta yuting zafer zaher
zdravka zdravko zeleke zhanna zhiqiang zhiwei zihan zixuan zlatko zodwa zoya zsuzsa zubeyde zvonimir
""")
FAMILY = word_set("""
abara abdi abdullahi abebe abegg abello abernathy ackermann adamczyk adamek adamski adebayo adler
afolabi aguirre agyeman ahlberg ahrens aigner akhtar akkerman albers alberti alcaraz aldridge alfaro
alfonsi alfonso alhassan alimi alonzo althaus amador amato ambrose ambrosi amin amoah anaya
ancelotti andreasen andreev andreou andric angelini angelov ankrah antonelli antonov anttila anwar
aoki aponte appel appiah aquino aragon arellano arias armbruster arnaud arrieta arsenault asare
asmussen atanasov athanasiou auer augustin avila ayala ayers azzopardi babic bachman badger bahr
bailly bajwa baldini balogun bals bandara bangura barreto barrientos barrios bartels bartlett
bartolini barzani basu battaglia battista baumgartner baxter bayer bazan beauchamp becerra beckett
bednarek behr behrens bejarano belanger belmonte beltran benavides bender benedict benesova
bengtsson bentley berglund berisha berkowitz bermudez bernal berntsen berti bertolini bertoni
bessette betancourt bhandari bhatt bhattacharya bhatti bialek bickel biermann binder bisson
blackburn blaha blanchard blanchet blasco blaszczyk bleeker blom blomqvist bocanegra bock boehm
bogdanov boggs bohm boivin bolanos bolduc bonetti boniface bonilla borg borges borkowski borowski
bosco bosman bouchet boudreau bouman bourgeois bouvier bowden braga brancato brandao bratt brauer
bravo breen brennan brenner breton brink brinkman briones briscoe broberg brodsky broussard bruckner
brugger brun brunelli brunetti brunner brzezinski bucher buchholz budde bueno bujak bulgakov bulut
burdette burger burgos burkhardt burnett burr bussmann bustamante byers bystrom caballero caceres
cahill calabrese calderon callaghan callahan calvert camacho cambell caminha campana canales
candelaria cantu caputo caraballo carbone cardona carey carlsen carlsson carlton carmichael carmona
carney caro carranza carrera carreras carrillo carvajal casares casey casillas castaneda castano
castellano castellanos castelli catalano cavalcanti cavalli cavanaugh ceballos cerny cervantes
cespedes chacon chadwick chai chalmers chamberlain chandra chapa charbonneau charpentier chaudhary
chavarria chiang chiu choudhury chowdhury christiansen christie christopoulos chu chua churchill
ciccone cisneros clausen clayton clements cobb cochran coffey cohn colbert colella colon comeau
conley connelly connolly conrad contini conway cooley cooney coppens corbett cordeiro cordero
cordova cornejo cornell corral corrigan costello costigan cote coulter courtney covington craft
crane crawley cremer crespi crespo crockett cronin crosby crouch crowley crump cuesta cullen culver
curran currie custodio cuthbert czarnecki dabrowska daigle daley dalton daly daniels danielsen
danielsson danso darby darcy dasgupta dasilva daugherty davenport davey davidsen davies dawes
debacker debruyne decker delacroix delafuente delagarza delarosa delarue delatorre deleon delgadillo
delisle dell demarco demirci dempsey denning denton depalma derksen dervishi desantis desmet deutsch
devine devito devlin dewitt dhaliwal dhillon diallo diarra dickens dickerson dickinson dieckmann
diehl diehm diez dillard dillon dimitriou dimitrov dinh diop djokic dobbs dobson docherty dodd doerr
dolan donaldson donato donnelly donovan dorn dorsey dougherty dowd dowling downey downs drake
drechsler drescher driessen driscoll dror drozd dube duda dudley duffy dufour dugan duggan dumas
dunlap dupuis duran durant durham dutra dutta dwyer dyer dykstra dziedzic eastman easton eaton
eberhardt ebert echeverria eckert eder edmonds egan eggers ehlers ehrlich eichhorn eide eklund elder
elias eliasson elizondo elkins ellington ellison elmasry emerson emery engberg engelhardt engels
erdmann eriksen ernst escalante escamilla escobar escobedo eskildsen espinal esteban esteves estevez
etxeberria evers ewing ezeh faber fabian fagan fahey falk falkner fallon farah faria farley farrell
farrow faulkner faust favre federici felder feldman feldmann feldt felix fellner fenton fernandes
ferrante ferraro ferris fiedler fielding figueiredo filho filipovic finch finley finn finnegan
fiorentino fitch fitzpatrick flanagan fleischer fleming flynn foley forbes forster forte foss fraga
franklin franzen fraser frederiksen freire freitag frey frias fritsch froehlich fromm fruehauf
fuhrmann fujii fujimoto fukuda fulton funk fusco gabler gabriel gadd gaddis gaines gajewski galindo
galvan galvez gamboa gandhi garay garber garcon gardiner garibay garland garrity gaspar gatti gaynor
gebauer gehring geiger geisler geller genovese gentry gerber gerhardt gerlach germain gerstner
giannini gibbons giese giles gillespie gilliam gilmore giraldo gleason glenn gnann godfrey godinez
godoy goebel goetz goff goldberg goldman goldstein goncalves gong goossens gorman gorski gosselin
gottlieb gough goulart gould gouveia grabowski grady grandin granger greenberg greenwood greiner
grenier grewal grier grimaldi grimm grogan groot grossman grosso groves gruber grunwald gudmundsson
guenther guevara guidi guidry guillen guillory guinn gulbrandsen gunn gunnarsson gunther gustafson
guthrie guyot gwozdz haag habermann hackett haddad haddock hadley haider haines hakimi halbert hale
haley hall halloran halloway halvorsen hamada hamel hamid hammer hampton hancock haney hanley hanna
hannigan hanssen hansson harada hardin harding hargrove harlan harley harms harrell harries harrigan
hartley hartman hasan hassler hatch hatfield hauge haugland hauser havel hawk hayden hebert hecht
hedges heffernan hegde heikkila heil heim hein heinonen heinze held heller helms hemmings hendrix
henke henley henning henriksen henriques hensley herbert herbst herman hermann hermansen hernandes
herndon herr hess hester hickey hickman hidalgo higashi hilario hildebrandt hillman hilton hinds
hinojosa hinrichs hirano hirsch hobbs hodge hofer hoffmann hogg holden holguin holler holley hollis
holmgren holst holtz honda hong hooper hoover hopper horak horne hornung horvat houghton houle howe
hoyt hristov hsiao hsieh hsu hudak hudson huerta huerter huffman hull humphrey humphreys hurley
hurst hurtado hussein hutchins hutchinson hutchison huynh hyatt hyde hyvonen iacobucci ianni ibanez
ibarra ibe ibrahimi idowu ignatiev ilic iliev imai imhof infante iqbal irizarry irvin irving irwin
isaacs isaksen isaksson ishida ishii islam ismail ivanovic iversen iverson ivory iwasaki izquierdo
jablonski jackman jacobi jacobo jacobsen jacobson jacobsson jacques jaeger jahn jaime jakobsen
jakubowski jamieson jankovic jankowska janowski jansson jaramillo jardine jarvis jasinski javed
jaworski jefferson jeffries jeong jepsen jespersen jha jin johannessen johannsen johansen jolly
jonsson jorgensen joubert jovanovic joyce junker jurado jurgens kabir kaczmarek kahl kahn kalinowski
kaluza kamara kaminska kaminsky kaplan karjalainen karlsen karlstrom kasper kastner kaufman kaufmann
kaur kavanagh kawaguchi kay kazemi keane kearney keating keefe keegan keenan keil keith kellerman
kellogg kemp kemper kendall kendrick kenny kent kenyon keogh kerr kersten kessler khalifa khalil
khanna khatri kiefer kieffer kielar killian kimball kincaid kinney kirby kirchner kirkland
kirkpatrick kirsch kiss kitamura kivi klassen kleiber kleinman klemm klimek kline knapp knoll
knowles knudsen knutsen knutson koenig kohl kohler kohn kolar kolb koller kopp kos koster kouame
kovac kovacevic kowal kowalewski kozak kozlowska kozlowski krajewski kramer kranz krawczyk krebs
krieger kristensen kristiansen krol kruger kruse krysiak krzeminski kubiak kucera kuhlmann kujawa
kulkarni kumari kunz kuo kupfer kurata kurtz kvist kwiatkowski labelle lacroix lafleur lafontaine
lagos lai laird lal lam lamont lancaster landa landers landgraf landis landon landry langer langford
langlois lanier lankford lapointe larkin larose larue lasater latham lauritsen lavoie lawler lazar
lazarev lazaro leach leahy leary leavitt leblanc lebrun leclair lecomte ledbetter leduc leeson
lefevre legault lehman lehtinen lehtonen leibovitz lemay lemieux lemke lennon lennox lenz leonardi
leroux lesage levesque levin levine lewandowska leyva liao liberman lieberman liebig limon lind
lindahl lindeman linder lindgren lindholm lindstrom lipinski lippert lis livingston llanos llewellyn
locke lockhart lockwood loeffler lofgren logue lombardo lomeli loomis lorentzen losada lott louis
lovato lovelace lovell lovett lowery lucero luciani luft lugo lujan lukas lundberg lundqvist luque
luther lutz luu lyle lynn lyon lytle maas mabry mackay mackie macmillan madden maddox madera
madrigal madsen maes magee magnusson maguire mahajan maher mahmood mahmoudi mahoney maillard
majewski malek malinowski mallory maloney mandal mandel mangan mani mansfield mansour manzo mao
marais marceau marcus marin marinho marinov maris markham markovic marks marquez marrero martel
martens marti martino marx mascarenhas massaro massie masterson mata mateo mather mathew mathews
matias matos matsuda matsui matteucci mattila mattson maurer mauro mayfield mayorga mays mazurek
mazzoni mcallister mccabe mccaffrey mccain mccall mccallum mccann mccartney mccarty mccauley mcclain
mcclellan mcclure mcconnell mccord mccracken mccray mccullough mccurdy mcdermott mcdowell mcelroy
mcfadden mcfarland mcgarry mcgill mcginnis mcgovern mcgowan mcgrath mcgraw mcgregor mcguinness
mcintosh mcintyre mckay mckee mckenna mckeown mckinley mcknight mclean mcleod mcmahon mcmanus
mcmillan mcnally mcnamara mcneil mcneill mcpherson mcqueen mcrae meister melendez mellor mendonca
menendez meneses menezes mercado mercer merino merkel merlo merrill merritt mertens messina messner
metcalf metz metzger meza michaels michalak michalski michaud michel mielke mihailov mikkelsen
milano milanovic millar minaya minh mino mintz mirza mistry mitra mitrovic miyamoto mizuno mogensen
mohamed mohan moldovan molnar monaco monahan moncada mondal moniz monroe montague montalvo montanari
montano montes montgomery montiel mooney morand morel moreland morita moriyama morley moroni morrow
morse mortensen moser mosley mota motta moussa moyer mucha muhammad muir muldoon mullen mulligan
munch munk munro murdock murillo muro musa musso mustafa mykytenko nadal nadeau nader naess nagel
nakagawa nakajima nance napoli naranjo narayan nardi narvaez nasser natale naumann nava navarrete
nayak neely negron neil nelsen nemeth nepal nesbitt neubauer neville newell newton nicholson nickel
nicolai nielson niemann niemi nieto nieves nikolaev nikolic nilsen ning nishimura nixon noguera
nolan noll nolte noonan nordin noronha northcott nowacki nowakowska nowakowski nowicki nugent
nussbaum nwosu nygaard nyman oakley oberg ochoa oconnell odom odonnell odonoghue oduya offermann
ogden ogrady ohara okeefe okeke okoye olafson olafsson oleary oliva olivares olivera oliveros
olivieri olmos oloughlin omalley ondrej oneal oneil ono onyango opoku orantes orton orwell osborn
oshea osman osorio oster osterman osullivan otero otoole ouellette oura overton owen oyelaran
ozdemir packard padgett pagan pagano paige paine pak palacio palermo palma palomino palumbo panagos
pandya pang panico pantoja papadakis pappas paquette pardo parente parikh parkinson parr parra
pascal paschal paschke pasquale pastor patino paton pauly pavlovic pawlak paxton paz peacock pearce
pederson pedraza peixoto pelayo pellegrino penner pennington peralta pereda pereyra perreault perron
perrot pessoa petersson petit petrova petrovic petrucci petty pfeffer pfeifer phelan philips phipps
piatek piazza pichler pickett piechowski pierre pierson pietrowski pietrzak pina pineda pino pisani
poggi poirot polak polanco pollack pollard pollock ponce popovic porras portela portillo potts
poulin poulsen prasad prather preston pretorius prevost primeau pritchard prokop pruitt pryor
przybylski puente pugh pulido pulliam purcell purdy putnam pyle quach quade quesada quigley quinlan
quinones quintana quirk quiroga quiroz raab rada radford radic rafferty raghavan rahimi raines raja
rajan rakic ralston ramani rameau ramires ramon rampling ramsay ramsden rana randle rankin rasmussen
rau rauch rausch rawlings raymond razo reagan reardon redding redmond regan rego reich reichert
reilly reimann reimer reinhardt reiter rela renard renner renteria restrepo reuss revilla reyna
reynoso ribera ricard ricardo richard richmond rickard rico riddle ridley rieger rincon rios ritchie
ritter rivero robert robertson robins robison robledo rocco roche rochon rockwell roden rodrigues
rohde rojo roldan rollins romo ronning rooney roper rosa rosado rosario rosas rosen rosenbaum
rosenberg rosenthal rossetti rossetto rothman rourke rowan rowell rowland rowley royer rozanski
rubin rucker rudd rudolph rueda ruffin ruggeri rugh rusch rutherford rutkowski rutledge rybak ryder
saari saavedra sabatini sadler sadowski saenz saez sagan sakai sakamoto salcedo salcido saldana
saleem saleh salerno salgado salim salisbury salo salomon salter salvatore samaras sampson samson
samuel samuels samuelsen sanborn sandberg sander sandstrom sanford sanna sano santana santangelo
santiago sapp sarkar sarmiento sattler savard savoie sawyer saxena saxton sayed scala scalia scanlon
schaefer schafer schaffer schaller scharf schell schenk scherer schick schiff schilling schindler
schlegel schmid schober schott schrader schramm schroder schuler schwab sciarra scordato scully
seaman sears seifert seiler selby sellers sen senn sepulveda serna setubal severson sewell sexton
seymour shaikh shannon shapiro sharif sharpe shaughnessy shaver shea sheehan sheldon shepard
sheppard sheridan shields shipman shrestha siddiqui siegel sikora sikorski silvestre simmonds simms
simoes simonsen simonsson sims sinclair sinha sirois sjolund skaggs skinner skoglund skov slaughter
sloan slovak smythe snell soares sobczak soderberg sohn sokolowski solano solberg solheim solomon
somers sommers sonnenberg sorensen sorenson soria soriano sosa sotelo southard spalding spaulding
speer spellman spence spengler spina spivey srinivasan staal stadler stafford stahl staley stanford
stange stanton stapleton stasiak stauffer stavrou steele steen stefani stefanov steffen steger
steinberg steiner stenberg stephan steward stiles stojanovic stokke stoll stovall strachan stratton
strauss strickler strobel strom stroud struck stubbs stuckey sturm subramanian suess sugiyama
suleiman sumner sung sutherland sutter swain swartz sweeney swenson sykes sylvester szczepanski
szewczyk szymanska szymanski taborda tait takeda talbot talley tani tankersley tapper tarantino
taube tavarez tello tennant teo terrell tessier tham thayer theriault thibault thiel thiele thielen
thies thoma thomason thomassen thomsen thomson thorne thorpe thorsen thurman tibbetts tien tierney
tillman timm tipton tirado titus tobin tolbert tolentino toma tomasi tomaszewski tomlinson tong topp
toro torrance torrence tosi toussaint tovar tracy traore trapp travers tremaine trevino tripathi
trivedi troll troyer trudeau trudel truong tsai tsang tse tucci tudor tuominen turcotte turnbull
turpin tuttle tveit tyson uchida ueda ullah ullman ullmann ulrich unger upadhyay upton urbanski
urbina urso vaca vaccaro vaillancourt valadez valdes valdivia valente valerio valle vallejo vance
vanderberg vang varela varghese varma vasconcelos vasile vaughan velazquez vella venegas venkatesan
ventura verdi verdugo vermeer vernon verwey vester vick vickers victor vielma viera vigil villalobos
villareal villegas vincent vitali vitor viviani vlahos voelker vollmer voss vukovic waddell
wadsworth waite wakefield walczak walden waldron wallis walther wasserman weathers webber webster
wegener wegner weigel weil weinberg weiner weinstein weir weiss weller welsh wendt wenger wentworth
wessel westerberg wexler whalen whaley whelan whipple whitaker whitehead whitlock whitlow whitman
whitmore whitney whittaker wicklund wieczorek wiggins wilcox wilder wiley wilhelm wilk wilkes
willard wille willems willett willoughby wills wilmot winslow winston wirth wiseman wisniewska witt
wittmann wojciechowski wolff wolski woodard woodruff woodward wooten worley wray wrobel wyatt wynn
xiong yamashita yamazaki yan yancey yarbrough yazdani yazzie ybarra yeager yeh yeo yeung yin yoder
yoo youngblood yuen yusuf zabala zahn zajac zakharov zamudio zander zanetti zapata zaragoza zavala
zawadzki zeidler zelaya zeller zepeda zielinska zimmer zink zito zoller zorn zuber zwick
aakre aalto aas aasen abbas abdelrahman aberg abrahamsen acar afolayan agyei ahlstrom ahonen akbari
akbas akesson akin aksoy aktas alanen albu alexiou altin amundsen andreassen angelova antoniou arai
arvidsson atas avci axelsson aziz baek balan balazs balogh banda barbu bartos bayram bech belov
benes berge bergqvist birkeland biro bjerre bjorklund blazevic bodnar boros boyko bozic brekke bruun
bucur camara cermak cetin chukwu ciobanu cisse constantin constantinescu coric coskun coulibaly
cozma cristea csonka cui darwish deak dembele dimitrova dinu dobre dogan dolezal dumitrescu ebrahimi
ekstrom eliassen ellingsen elsayed enache endo engen erdem erdogan eskola eze farouk fathy fazekas
fekete fiala florea fodor fossum frandsen fransson fredriksson frolov gal georgiev georgieva
georgiou ghanem ghasemi gheorghe golubev grgic grigore gueye guler gulyas gunes gusev haapala habib
hajdu hajek hakala halasz hald halonen hamdan hara hegedus heikkinen hellstrom heo hermansson hijazi
hiltunen hirvonen hou hruska huttunen ichikawa ikonen iliescu illes ioannou ionita iordache jaber
jafari jakab jakobsson jarvinen jelinek jeppesen jokinen juhasz juhl juric kadlec kallio kamau
kaneko kantor karaca karagiannis karppinen katona keita kelemen kerekes keskin kettunen khatib
khoury kikuchi kinnunen kinoshita kiraly kjaer kjeldsen knezevic koc kocsis kofoed koivisto kojima
kokko kolev konate kone konstantinou kopecky korkmaz koskela koskinen kouyate kovacic kozma kral
kralj kratochvil kristoffersen kubo kudo laaksonen laitinen lakatos lappalainen larsen lauridsen
leino lengyel lovric lukacs lunde lundstrom lungu lupu maeda magyar mahfouz makarov makela makris
maly manninen manole marek mares maric martensson maruyama masri masuda matei mathisen matic
mattsson mbaye meng meszaros miettinen mihai milosevic miura miyazaki mkhize mocanu moen molefe
moradi moravec mousavi mthembu munteanu murakami musil mustonen musyoka mutua mwale myhre myklebust
najjar nakano nasr ndiaye neagu nedelcu negru nemec nemes ngcobo niang nikitin nikolaou nikolov
niskanen nistor njoroge noergaard noguchi nomura nordstrom norgaard novotna nurmi nygard nystrom
ochieng odegaard oikonomou ojala okamoto oksanen olah olofsson oprea orban orlov orosz orsos ota
otsuka ozcan ozkan panagiotou papadopoulou papp partanen parvu pasztor paulsen pavic pelkonen
peltonen peric perkovic petkov petrescu petrou pettersson phiri pinter pitkanen pokorny pospisil
preda qin racz rantanen rasanen ravn riikonen romanov rotaru rozsa ruotsalainen rusu ruud ruzicka
saarinen sabbagh sadeghi saether sakurai salem sall salminen salonen samuelsson sandor sandu sandvik
sangare saric sarr savchenko savolainen schou sedlacek seppala serban sergeev shaheen shibata
shimada sidibe simek simic simsek sipos sirvio sithole skaar soliman solovyov somogyi sondergaard
soos sorokin soukup stan stanciu stankovic stastny stefan stoyanov stromberg sugawara sundberg
sundby svendsen szalai szekely szilagyi szucs takacs takada takagi takeuchi tamura tanase tangen
taniguchi tarasov tawfik tekin thygesen todorov todorova toft tomic torok toure trinh turan turk
turunen ueno unal ungureanu urban uysal vainio vasileiou vasilev vasileva vass veres vesely
vestergaard vidovic vik vincze virag vlachos vlcek voicu vorobyov voros vuorinen wada wanjiru
wikstrom winther xia yakovlev yalcin yavuz yildirim ylonen yokoyama yuksel zaitsev zamfir zayed
zeman zemanova zhong zivkovic zou
""")
